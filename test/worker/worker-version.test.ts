import { describeVersion, versionFromEnvironment, versionOptions } from '../../src/worker/worker-version';

const CODE = `patched('first'); patched("second");\n`;
const bundle = (code = CODE, map = 'of this folder') => ({
  code: `${code}//# sourceMappingURL=data:application/json;base64,${Buffer.from(map).toString('base64')}`,
  sourceMap: '',
});
const version = (env: Record<string, string> = {}, workflowBundle = bundle()) =>
  versionFromEnvironment(workflowBundle, env);

test('without any variable, versioning is off and the build id follows from the package and the code', async () => {
  const found = await version();
  expect(found).toEqual({
    deploymentName: 'intent-engine',
    versioning: false,
    heldPatches: [],
    buildId: expect.stringMatching(/^\d+\.\d+\.\d+-[\da-f]{12}$/) as string,
  });
  expect(versionOptions(found)).toEqual({
    workerDeploymentOptions: {
      version: { deploymentName: 'intent-engine', buildId: found.buildId },
      useWorkerVersioning: false,
    },
  });
});

test('the folder of a build does not change its id; other code and held patches do', async () => {
  const { buildId } = await version();
  expect((await version({}, bundle(CODE, 'of another folder'))).buildId).toBe(buildId);
  const others = [
    await version({}, bundle(`${CODE}more();\n`)),
    await version({ INTENT_HELD_PATCHES: 'first' }),
    await version({ INTENT_HELD_PATCHES: 'second' }),
    await version({ INTENT_HELD_PATCHES: 'first,second' }),
  ];
  expect(new Set([buildId, ...others.map((other) => other.buildId)]).size).toBe(5);
  expect((await version({ INTENT_HELD_PATCHES: ' second , first,' })).buildId).toBe(others.at(-1)?.buildId);
});

test('with versioning on, intents go along with the current build', async () => {
  const found = await version({
    INTENT_WORKER_VERSIONING: 'on',
    INTENT_DEPLOYMENT_NAME: 'mine',
    INTENT_BUILD_ID: '2026-11-28.4+a1b2c3',
    INTENT_HELD_PATCHES: 'second',
  });
  const { workerDeploymentOptions, patchActivationCallback } = versionOptions(found);
  expect(workerDeploymentOptions).toEqual({
    version: { deploymentName: 'mine', buildId: '2026-11-28.4+a1b2c3' },
    useWorkerVersioning: true,
    defaultVersioningBehavior: 'AUTO_UPGRADE',
  });
  const takes = (patchId: string) => patchActivationCallback?.({ patchId, workflowInfo: {} as never });
  expect([takes('first'), takes('second')]).toEqual([true, false]);
  expect(describeVersion(found).join('\n')).toContain(
    'temporal worker deployment set-current-version --deployment-name mine --build-id 2026-11-28.4+a1b2c3',
  );
});

test.each([
  [{ INTENT_WORKER_VERSIONING: 'yes' }, 'INTENT_WORKER_VERSIONING: must be "on" or "off", not "yes"'],
  [
    { INTENT_DEPLOYMENT_NAME: 'my.app' },
    'INTENT_DEPLOYMENT_NAME: must be 1 to 200 characters, letters, digits, "_" and "-" alone, not "my.app"',
  ],
  [
    { INTENT_BUILD_ID: 'a:b' },
    'INTENT_BUILD_ID: must be 1 to 200 characters, letters, digits, ".", "_", "+" and "-" alone, not "a:b"',
  ],
  [
    { INTENT_HELD_PATCHES: 'first,thrid' },
    `INTENT_HELD_PATCHES: the workflow code of this build has no patched('thrid'); name the patches as it does`,
  ],
])('%j is refused, with the variable and the fix', async (env: Record<string, string>, message) => {
  await expect(version(env)).rejects.toThrow(message);
});
