/** Tells the operator what happens, a line of JSON each. */
export type Log = (event: string, facts: Readonly<Record<string, unknown>>) => void;

/** A log that writes lines. */
export const createLog =
  (write: (line: string) => void): Log =>
  (event, facts) => {
    const level = event === 'failed' || event === 'trouble' ? 'warning' : 'info';
    write(`${JSON.stringify({ time: new Date().toISOString(), level, event, ...facts })}\n`);
  };
