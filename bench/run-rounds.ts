import { setTimeout as pause } from 'node:timers/promises';

import { rotated, type Case, type Sample } from './cases/case';
import type { Contender, ContenderKey } from './contenders/contender';
import type { CaseReport, Figures } from './report';
import { spreadOf } from './statistics';

export interface Rounds {
  rounds: number;
  cases: Case[];
  contenders: Contender[];
  /** Before each measurement, milliseconds: for the servers to finish what the one before has left behind. */
  pauseMs: number;
  /** Told before each step what comes. */
  step: (text: string) => void;
  signal: AbortSignal;
}

type Samples = Map<ContenderKey, Sample[]>;

/**
 * Measures every case for every contender in every round, by turns: whatever slows the machine down for a while then
 * meets all of them.
 */
export async function runRounds({
  rounds,
  cases,
  contenders,
  pauseMs,
  step,
  signal,
}: Rounds): Promise<CaseReport[]> {
  const samples = new Map<Case, Samples>(cases.map((each) => [each, new Map()]));
  for (const each of cases) {
    const { prepare } = each;
    if (prepare === undefined) continue;
    for (const contender of takingPart(each, contenders)) {
      signal.throwIfAborted();
      step(`before round 1: ${each.key}, ${contender.title}`);
      await prepare(contender);
    }
  }
  for (let round = 0; round < rounds; round += 1) {
    for (const [each, ofCase] of samples) {
      const keep = (key: ContenderKey, sample: Sample) =>
        ofCase.set(key, [...(ofCase.get(key) ?? []), sample]);
      const inTurn = rotated(takingPart(each, contenders), round);
      const begin = async (what: string) => {
        signal.throwIfAborted();
        step(`round ${round + 1} of ${rounds}: ${each.key}, ${what}`);
        await pause(pauseMs);
      };
      if ('measureByTurns' in each) {
        await begin('by turns');
        for (const [key, sample] of await each.measureByTurns(inTurn)) keep(key, sample);
        continue;
      }
      for (const contender of inTurn) {
        await begin(contender.title);
        keep(contender.key, await each.measure(contender));
      }
    }
  }
  return [...samples].map(([each, ofCase]) => reportOf(each, ofCase));
}

function takingPart(each: Case, contenders: Contender[]): Contender[] {
  return contenders.filter(({ key }) => each.contenders.includes(key));
}

function reportOf({ key, title, metrics, contenders }: Case, samples: Samples): CaseReport {
  const figures: Figures = {};
  const ratios: Figures = {};
  const ofEngine = samples.get('engine') ?? [];
  for (const contender of contenders) {
    const ofContender = samples.get(contender) ?? [];
    for (const [metric, { compared = false }] of Object.entries(metrics)) {
      const values = ofContender.flatMap((sample) => sample[metric] ?? []);
      if (values.length === 0) continue;
      (figures[contender] ??= {})[metric] = spreadOf(values);
      if (!compared || contender === 'engine') continue;
      const quotients = values.map((value, round) => (ofEngine[round]?.[metric] ?? NaN) / value);
      (ratios[contender] ??= {})[metric] = spreadOf(quotients);
    }
  }
  return { key, title, metrics, figures, ratios };
}
