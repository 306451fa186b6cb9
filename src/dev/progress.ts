/** Shows that something long goes on. Call `end` when it is over. */
interface Progress {
  step(text: string): void;
  end(): void;
}

export type ShowProgress = (title: string) => Progress;

const LINE_EVERY_MS = 15_000;

/**
 * A single line that updates itself on a terminal; elsewhere (a log file, CI) a line at once and then every 15 s.
 *
 * @example
 * const progress = terminalProgress(process.stderr)('Building the Temporal CLI');
 * progress.step('compiling net/http');
 * progress.end();
 */
export function terminalProgress(stream: NodeJS.WriteStream = process.stderr): ShowProgress {
  return (title) => {
    const startedAt = Date.now();
    let what = '';
    const line = () => `${title}: ${elapsed(Date.now() - startedAt)}${what ? `, ${what}` : ''}`;
    const show = stream.isTTY
      ? () => stream.write(`\r\x1b[2K${line().slice(0, (stream.columns || 80) - 1)}`)
      : () => stream.write(`${line()}\n`);
    show();
    const timer = setInterval(show, stream.isTTY ? 500 : LINE_EVERY_MS);
    timer.unref();
    return {
      step: (text) => {
        what = text;
      },
      end: () => {
        clearInterval(timer);
        if (stream.isTTY) stream.write('\r\x1b[2K');
      },
    };
  };
}

/** For tests and other callers that show nothing. */
export const silentProgress: ShowProgress = () => ({ step: () => {}, end: () => {} });

function elapsed(ms: number): string {
  const seconds = Math.round(ms / 1000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
