import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';

import { CHECKOUT } from '../../src/dev/checkout';
import { judgeAudit } from './judge-audit';

const HELP = `Asks the registry whether a dependency of production has a known fault of severity high or critical.

Usage: npm run audit -- [--required]

  --required  no answer is a failure, too: for a build that is released

Exit codes: 0 none is known, or the registry gave no answer; 1 one is known; 2 no answer, with --required
`;

const { values } = parseArgs({
  options: { required: { type: 'boolean', default: false }, help: { type: 'boolean', default: false } },
});
if (values.help) {
  process.stdout.write(HELP);
} else {
  const { stdout } = spawnSync('npm', ['audit', '--omit=dev', '--json'], { cwd: CHECKOUT, encoding: 'utf8' });
  const audit = judgeAudit(stdout);
  switch (audit.verdict) {
    case 'clean':
      console.log('No known fault of severity high or critical.');
      break;
    case 'findings':
      for (const { name, severity, range, urls } of audit.findings)
        console.error(`${name} ${range}: ${severity}. ${urls.join(' ')}`);
      console.error('Update these, or say in docs/guides/supply-chain.md why they do not matter here.');
      process.exitCode = 1;
      break;
    case 'not audited':
      console.error(`NOT AUDITED: ${audit.reason.split('\n')[0]}`);
      if (values.required) process.exitCode = 2;
  }
}
