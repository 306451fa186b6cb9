import { ApplicationFailure } from '@temporalio/activity';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { NativeConnection, Worker } from '@temporalio/worker';
import type { WorkOrder } from 'intent-engine';

const book = (what: string) => async (order: WorkOrder) => {
  console.log(`books ${what} for ${order.intentId}`);
  return Promise.resolve({ booking: `${what}-${order.idempotencyKey}` });
};

/** The order of an undo has the results of the work, so it knows what to take back. */
const cancel = (what: string, bookedIn: string) => async (order: WorkOrder) => {
  const { booking } = order.results[bookedIn] as { booking: string };
  if (order.metadata['locked'] === what) {
    throw ApplicationFailure.nonRetryable(`${booking} can't be cancelled any more`, 'LOCKED');
  }
  console.log(`cancels ${booking}`);
  return Promise.resolve();
};

async function main(): Promise<void> {
  const { connectionOptions, namespace } = loadClientConnectConfig();
  const worker = await Worker.create({
    connection: await NativeConnection.connect(connectionOptions),
    namespace: namespace ?? 'default',
    taskQueue: 'journeys',
    activities: {
      bookFlight: book('flight'),
      bookHotel: book('hotel'),
      cancelFlight: cancel('flight', 'BOOKING_FLIGHT'),
      cancelHotel: cancel('hotel', 'BOOKING_HOTEL'),
    },
  });
  console.log('Waiting for journeys');
  await worker.run();
}

void main();
