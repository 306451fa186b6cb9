import { CLIENT_LIMITS } from '../../src/client/limits';
import { WaitingCalls } from '../../src/client/waiting-calls';

test('one call too many is refused before it does anything, and finds room when another has ended', async () => {
  const calls = new WaitingCalls();
  const ends: Array<() => void> = [];
  const waiting = Array.from({ length: CLIENT_LIMITS.waitingCalls }, () =>
    calls.run(() => new Promise<void>((resolve) => ends.push(resolve))),
  );
  let made = 0;
  const oneMore = () => calls.run(() => Promise.resolve((made += 1)));
  await expect(oneMore()).rejects.toMatchObject({
    code: 'TOO_MANY_WAITING',
    message: expect.stringContaining('10000 calls of this client wait already') as string,
  });
  expect(made).toBe(0);

  ends[0]?.();
  await waiting[0];
  await expect(oneMore()).resolves.toBe(1);
  ends.forEach((end) => end());
  await Promise.all(waiting);
});

test('a call that fails makes room too', async () => {
  const calls = new WaitingCalls();
  const failing = () => calls.run(() => Promise.reject(new Error('no')));
  for (let round = 0; round <= CLIENT_LIMITS.waitingCalls; round += 1) {
    await expect(failing()).rejects.toThrow('no');
  }
});
