import { BatchedReads } from '../../src/gateway/batched-reads';

/** A query whose answers come when the test says so. */
function scripted() {
  const asked: string[][] = [];
  const answers: Array<(error?: Error) => void> = [];
  const reads = new BatchedReads(async (keys: readonly string[]) => {
    asked.push([...keys]);
    await new Promise<void>((resolve, reject) =>
      answers.push((error) => (error === undefined ? resolve() : reject(error))),
    );
    return keys.map((key) => `value of ${key}`);
  });
  return { reads, asked, answers };
}

test('who comes while a query is under way shares the next one, and nobody gets an answer older than the question', async () => {
  const { reads, asked, answers } = scripted();
  const first = reads.read('a');
  const others = [reads.read('b'), reads.read('c'), reads.read('a')];
  expect(asked).toEqual([['a']]);
  answers[0]?.();
  expect(await first).toBe('value of a');
  expect(asked).toEqual([['a'], ['b', 'c', 'a']]);
  answers[1]?.();
  expect(await Promise.all(others)).toEqual(['value of b', 'value of c', 'value of a']);
});

test('a query that fails fails for those who asked by it, and for nobody else', async () => {
  const { reads, answers } = scripted();
  const failing = reads.read('a');
  const next = reads.read('b');
  const failed = expect(failing).rejects.toThrow('away');
  answers[0]?.(new Error('away'));
  await failed;
  answers[1]?.();
  expect(await next).toBe('value of b');
});
