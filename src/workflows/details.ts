import { describeIntent, type DrivenPart, type Intent } from '../intent';
import type { Recorded } from './record';

const SHOWN_TRANSITIONS = 8;
const BAR_WIDTH = 20;

/** What the Web UI shows of a running intent, as Markdown: its story without opening code. */
export function renderDetails(intent: Intent, recorded: Recorded, driven: DrivenPart): string {
  const description = describeIntent(intent, recorded, driven);
  const filled = Math.round(description.progress * BAR_WIDTH);
  const bar = '█'.repeat(filled) + '░'.repeat(BAR_WIDTH - filled);
  const percent = Math.round(description.progress * 100);
  const { step } = description;

  const lines = [
    `**${description.state}**${step === null ? '' : ` in step ${step.number}, ${step.label}`}`,
    '',
    `\`${bar}\` ${percent} % of ${description.graph}`,
    '',
    description.terminal ? 'The intent has ended.' : `Next: ${description.nextStates.join(', ')}`,
  ];
  for (const { to, votes, needed, roles } of description.approvals) {
    const cast = votes.map(({ actor, role }) => `${actor} (${role})`).join(', ');
    const by = `by ${roles.join(', ')}`;
    lines.push('', `Votes for ${to}: ${votes.length} of ${needed}${cast === '' ? '' : `, ${cast}`}; ${by}`);
  }
  if (description.deadline !== null) lines.push('', `Due: ${description.deadline}`);
  if (description.paused) lines.push('', '**Paused:** the clocks of its deadlines stand still.');
  if (description.problem !== null) lines.push('', `**Needs somebody:** ${description.problem}`);
  if (description.quarantined !== null) {
    lines.push('', `**Quarantined:** ${description.quarantined}`);
  } else if (description.mirrorLag > 0) {
    lines.push('', `Postgres lags ${description.mirrorLag} transitions behind.`);
  }
  lines.push('', '| # | transition | at (UTC) |', '|---|---|---|');
  for (const { sequence, previousState, newState, transitionedAt } of intent.outcomes
    .last(SHOWN_TRANSITIONS)
    .reverse()) {
    lines.push(`| ${sequence} | ${previousState ?? '∅'} → ${newState} | ${transitionedAt} |`);
  }
  return lines.join('\n');
}
