/** A place to send to, and what to say there. */
interface Address {
  readonly base: string;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Makes a service see the `Host` among the headers, which a Worker cannot set: by a binding, which decides where a request goes,
 * it is in the URL; to anywhere else it goes as `X-Forwarded-Host`, unless a proxy has set that.
 */
export function addressWithHost(
  base: string,
  { host, ...headers }: Readonly<Record<string, string>>,
  bound: boolean,
): Address {
  if (host === undefined) return { base, headers };
  if (!bound) return { base, headers: { 'x-forwarded-host': host, ...headers } };
  return { base: base.replace(/^(https?:\/\/)[^/]*/i, `$1${host}`), headers };
}
