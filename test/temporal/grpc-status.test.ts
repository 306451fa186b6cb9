import { Connection } from '@temporalio/client';

import { hasGrpcStatus } from '../../src/temporal/grpc-status';
import { fromEnvironment } from '../setup/intent-environment';

test('the status of a server that was asked for what is not there is recognised, also when it is wrapped', async () => {
  const connection = await Connection.connect({ address: fromEnvironment('TEST_TEMPORAL_ADDRESS') });
  const error: unknown = await connection.workflowService
    .describeNamespace({ namespace: 'nowhere' })
    .catch((cause: unknown) => cause);
  await connection.close();
  const wrapped = new Error('outer', { cause: new Error('inner', { cause: error }) });
  for (const each of [error, wrapped]) {
    expect(hasGrpcStatus(each, 'NOT_FOUND')).toBe(true);
    expect(hasGrpcStatus(each, 'ALREADY_EXISTS', 'NOT_FOUND')).toBe(true);
    expect(hasGrpcStatus(each, 'DEADLINE_EXCEEDED', 'CANCELLED')).toBe(false);
  }
});

test('what is no error of gRPC has no status', () => {
  for (const other of [
    undefined,
    null,
    5,
    { code: 5 },
    new Error('5'),
    Object.assign(new Error(), { code: '5' }),
  ]) {
    expect(hasGrpcStatus(other, 'NOT_FOUND')).toBe(false);
  }
});
