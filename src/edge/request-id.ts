const given = /^req-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The client's request id when it has OpenStack's form, else a new one. */
export function requestIdOf(header: string | undefined): string {
  return header !== undefined && given.test(header) ? header : `req-${crypto.randomUUID()}`;
}
