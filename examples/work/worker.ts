import { ApplicationFailure } from '@temporalio/activity';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { NativeConnection, Worker } from '@temporalio/worker';
import type { WorkOrder } from 'intent-engine';

/** Reads the amount. What it returns is kept in the audit row, and given to the work of later states. */
async function readInvoice({ metadata }: WorkOrder): Promise<{ amount: number; currency: string }> {
  const { text } = metadata;
  const found = typeof text === 'string' ? /(\d+\.\d\d) ([A-Z]{3})/.exec(text) : null;
  const [, amount, currency] = found ?? [];
  if (amount === undefined || currency === undefined) {
    throw ApplicationFailure.create({ type: 'NO_AMOUNT', message: 'The text names no amount.' });
  }
  return Promise.resolve({ amount: Number(amount), currency });
}

/** What has been posted, by the key of its order: an activity may run more than once, its effect must not. */
const ledger = new Map<string, unknown>();

async function postInvoice({ idempotencyKey, results }: WorkOrder): Promise<{ entries: number }> {
  ledger.set(idempotencyKey, results['READING']);
  return Promise.resolve({ entries: ledger.size });
}

async function main(): Promise<void> {
  const { connectionOptions, namespace } = loadClientConnectConfig();
  const worker = await Worker.create({
    connection: await NativeConnection.connect(connectionOptions),
    namespace: namespace ?? 'default',
    taskQueue: 'invoices',
    activities: { readInvoice, postInvoice },
  });
  console.log('Waiting for invoices');
  await worker.run();
}

void main();
