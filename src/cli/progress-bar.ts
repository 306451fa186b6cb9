import { Format, SingleBar } from 'cli-progress';

export interface ProgressBar {
  show: (progress: { done: number; total: number }) => void;
  /** Ends the bar and says what comes now. */
  next: (what: string) => void;
  /** Writes a line above the bar. */
  line: (write: () => void) => void;
  end: () => void;
}

const LINE_EVERY_MS = 5_000;
/** The rate is that of the last seconds: a resumed run passes what is there already in no time. */
const RATE_OVER_MS = 10_000;

/**
 * A bar on a terminal; elsewhere a line every few seconds.
 *
 * @param unit what is counted, in the plural: `rows`
 */
export function progressBar(stream: NodeJS.WritableStream & { isTTY?: boolean }, unit: string): ProgressBar {
  const rate = rateOfLateSeconds(unit);
  return stream.isTTY === true ? bar(stream, unit, rate) : logLines(stream, unit, rate);
}

type Rate = (done: number, total: number) => string;

function bar(stream: NodeJS.WritableStream, unit: string, rate: Rate): ProgressBar {
  let shown: SingleBar | undefined;
  const end = () => {
    shown?.stop();
    shown = undefined;
  };
  return {
    show: ({ done, total }) => {
      if (shown === undefined) {
        shown = new SingleBar({
          stream,
          fps: 5,
          hideCursor: true,
          format: (options, params, payload: { rate?: string }) =>
            `[${Format.BarFormat(params.progress, options)}] ${params.value}/${params.total} ${unit}, ${payload.rate ?? ''}`,
        });
        shown.start(total, done, { rate: '' });
      }
      shown.update(done, { rate: rate(done, total) });
    },
    next: (what) => {
      end();
      stream.write(`${what}\n`);
    },
    line: (write) => {
      // Over the bar, which is drawn anew below.
      if (shown !== undefined) stream.write('\r\x1b[2K');
      write();
      shown?.render();
    },
    end,
  };
}

function logLines(stream: NodeJS.WritableStream, unit: string, rate: Rate): ProgressBar {
  let nextAt = 0;
  return {
    show: ({ done, total }) => {
      const text = rate(done, total);
      if (Date.now() < nextAt && done < total) return;
      nextAt = Date.now() + LINE_EVERY_MS;
      stream.write(`${done} of ${total} ${unit}, ${text}\n`);
    },
    next: (what) => stream.write(`${what}\n`),
    line: (write) => write(),
    end: () => undefined,
  };
}

function rateOfLateSeconds(unit: string): Rate {
  const samples: Array<{ at: number; done: number }> = [];
  return (done, total) => {
    const at = Date.now();
    const newest = samples.at(-1);
    if (newest === undefined || at - newest.at >= 200) samples.push({ at, done });
    while (samples.length > 2 && at - (samples[0]?.at ?? at) > RATE_OVER_MS) samples.shift();
    const oldest = samples[0];
    if (oldest === undefined || at - oldest.at < 200) return 'starting';
    const perSecond = ((done - oldest.done) * 1_000) / (at - oldest.at);
    const left = perSecond > 0 ? `${duration((total - done) / perSecond)} left` : 'waiting';
    return `${Math.round(perSecond)} ${unit}/s, ${left}`;
  };
}

function duration(seconds: number): string {
  const whole = Math.ceil(seconds);
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  return minutes < 60
    ? `${minutes} min ${whole % 60} s`
    : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
