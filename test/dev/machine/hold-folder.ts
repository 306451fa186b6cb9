/** A process that makes a temporary folder, prints it, and then just lives. */
import { makeTemporaryFolder } from '../../../src/dev/machine/temporary-folder';

void makeTemporaryFolder(process.argv[2]).then(({ path }) => {
  console.log(path);
  setInterval(() => {}, 1000);
});
