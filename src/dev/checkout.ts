import { join } from 'node:path';

/** The checkout's root: this file is two folders below it, as TypeScript and as compiled JavaScript. */
export const CHECKOUT = join(__dirname, '..', '..');

/** Where `npm start` keeps its data, logs and addresses, unless told otherwise. */
export const DEFAULT_DATA_DIR = join(CHECKOUT, '.data');
