/**
 * Goes on when nobody reads our output any more: after a closed terminal or `| head`, writing fails, and that would
 * end the process before it has stopped the servers that it started.
 */
export function outliveClosedOutput(): void {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
}
