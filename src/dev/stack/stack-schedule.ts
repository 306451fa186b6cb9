import { Client, Connection } from '@temporalio/client';
import { setVerifySchedule } from '../../schedule/verify-schedule';
import type { Environment } from './stack-environment';

/** So that there is one to see in the Web UI. */
const EVERY_SECONDS = 900;

/** Schedules verification in the stack's own Temporal, and leaves it as it is where somebody has set it before. */
export async function scheduleVerification(temporal: Environment): Promise<void> {
  const { TEMPORAL_ADDRESS: address = '', TEMPORAL_NAMESPACE: namespace = 'default' } = temporal;
  const connection = await Connection.connect({ address });
  try {
    const client = new Client({ connection, namespace });
    await setVerifySchedule(client, { everySeconds: EVERY_SECONDS, onlyCreate: true });
  } finally {
    await connection.close();
  }
}
