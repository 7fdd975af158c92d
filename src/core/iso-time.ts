const form =
  /^(\d{4})(?:-?(\d\d)(?:-?(\d\d)(?:[T ](\d\d)(?::?(\d\d)(?::?(\d\d)(?:[.,](\d{1,9}))?)?)?)?)?)?(Z|[+-]\d\d(?::?\d\d)?)?$/;

const earliestYear = 1900;

function offsetMinutes(zone: string | undefined): number {
  if (zone === undefined || zone === 'Z') return 0;
  const digits = zone.slice(1).replace(':', '');
  const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2) || 0);
  return zone.startsWith('-') ? -minutes : minutes;
}

/**
 * Reads an ISO 8601 time as the old services did: date alone or with time, any offset, UTC without one.
 * `undefined` for anything else, a day that does not exist, or a year before 1900.
 */
export function parseIsoTime(text: string): Date | undefined {
  const found = form.exec(text.trim());
  if (!found) return undefined;
  const [, year, month = '01', day = '01', hour = '00', minute = '00', second = '00'] = found;
  const millis = `${found[7] ?? ''}000`.slice(0, 3);
  const local = `${year}-${month}-${day}T${hour}:${minute}:${second}.${millis}Z`;
  const time = new Date(local);
  // a day such as 30 February rolls over in some engines
  if (Number.isNaN(time.getTime()) || time.toISOString() !== local) return undefined;
  if (Number(year) < earliestYear) return undefined;
  return new Date(time.getTime() - offsetMinutes(found[8]) * 60_000);
}

/** `YYYY-MM-DDTHH:MM:SSZ`, as Glance writes and reads times. */
export function formatGlanceTime(time: Date): string {
  return `${time.toISOString().slice(0, 19)}Z`;
}
