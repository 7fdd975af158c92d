import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatGlanceTime, parseIsoTime } from '../../src/core/iso-time.ts';

const earliest = new Date('1900-01-02T00:00:00Z');
const latest = new Date('9999-12-30T00:00:00Z');
const moment = fc.date({ min: earliest, max: latest, noInvalidDate: true });

describe('an ISO 8601 time', () => {
  it('never makes trouble, whatever the text', () => {
    const digits = fc.stringMatching(/^[-0-9:TZ+., ]{0,40}$/);
    fc.assert(
      fc.property(fc.oneof(fc.string(), digits), (text) => {
        const time = parseIsoTime(text);
        if (time !== undefined) expect(Number.isNaN(time.getTime())).toBe(false);
      }),
    );
  });

  it('means what Date says it means', () => {
    fc.assert(
      fc.property(moment, (date) => {
        expect(parseIsoTime(date.toISOString())).toEqual(date);
      }),
    );
  });

  it('takes any offset', () => {
    const offset = fc.tuple(fc.constantFrom('+', '-'), fc.nat(13), fc.constantFrom(0, 15, 30, 45));
    fc.assert(
      fc.property(moment, offset, (date, [sign, hours, minutes]) => {
        const pad = (value: number): string => String(value).padStart(2, '0');
        const local = date.toISOString().slice(0, 19);
        const zoned = `${local}${sign}${pad(hours)}:${pad(minutes)}`;
        expect(parseIsoTime(zoned)).toEqual(new Date(zoned));
      }),
    );
  });

  it('comes back from the form that Glance reads', () => {
    fc.assert(
      fc.property(moment, (date) => {
        const seconds = Math.floor(date.getTime() / 1000) * 1000;
        expect(parseIsoTime(formatGlanceTime(date))?.getTime()).toBe(seconds);
      }),
    );
  });

  it.each([
    ['2016-05-10', '2016-05-10T00:00:00.000Z'],
    ['20160510', '2016-05-10T00:00:00.000Z'],
    ['2016-05-10 21:35:15', '2016-05-10T21:35:15.000Z'],
    ['20160510T213515Z', '2016-05-10T21:35:15.000Z'],
    ['2016-05-10T21:35:15.123456', '2016-05-10T21:35:15.123Z'],
    ['2016-05-10T21:35+0530', '2016-05-10T16:05:00.000Z'],
    ['2016-02-29', '2016-02-29T00:00:00.000Z'],
  ])('%s is %s', (text, expected) => {
    expect(parseIsoTime(text)?.toISOString()).toBe(expected);
  });

  it.each([
    '',
    'yesterday',
    '2016-13-01',
    '2016-02-30',
    '2015-02-29',
    '2016-05-10T25:00',
    '2016-05-10T21:61',
    '1899-12-31',
    '12345',
    '2016-05-10T21:35:15 02:00',
  ])('%j is none', (text) => {
    expect(parseIsoTime(text)).toBeUndefined();
  });
});
