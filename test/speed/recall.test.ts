import { crc32 } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { finished } from '../../src/core/finished.ts';
import { Recall } from '../../src/glance/recall.ts';

const read = (text: string) => (text === 'bad' ? undefined : { said: [text] });

describe('a recall', () => {
  it('gives the same value again for a text that has come twice', () => {
    const recall = new Recall(1000, read);
    recall.read('text');
    const second = recall.read('text');
    expect(recall.read('text')).toBe(second);
    expect(second).toEqual({ said: ['text'] });
  });

  it('keeps nothing of what comes once', () => {
    const recall = new Recall(1000, read);
    expect(recall.read('text')).not.toBe(recall.read('text'));
  });

  it('never gives the value of a text whose checksum is the same', () => {
    const recall = new Recall(1000, read);
    const [one, other] = ['plumless', 'buckeroo'];
    expect(crc32(one)).toBe(crc32(other));
    for (let i = 0; i < 3; i += 1) recall.read(one);
    for (let i = 0; i < 3; i += 1) expect(recall.read(other)?.said[0]).toBe(other);
    expect(recall.read(one)?.said[0]).toBe(one);
  });

  it('lets nobody change what others will be given', () => {
    const recall = new Recall(1000, read);
    recall.read('text');
    const value = recall.read('text');
    expect(Object.isFrozen(value)).toBe(true);
    expect(() => value?.said.push('more')).toThrow(TypeError);
  });

  it('reads what is unreadable again each time', () => {
    const recall = new Recall(1000, read);
    for (let i = 0; i < 3; i += 1) expect(recall.read('bad')).toBeUndefined();
  });

  it('forgets the longest unused beyond its size', () => {
    const recall = new Recall(10, read);
    for (const text of ['eight...', 'eight...', 'another.', 'another.']) recall.read(text);
    const kept = recall.read('another.');
    expect(recall.read('another.')).toBe(kept);
    // coming once more it is kept again, in the place of the other
    recall.read('eight...');
    expect(recall.read('another.')).not.toBe(kept);
  });
});

describe('a finished result', () => {
  const make = () => {
    let made = 0;
    const text = finished((thing: { id: string }, base: string) => {
      made += 1;
      return base + thing.id;
    });
    return { text, made: () => made };
  };

  it('is made once for a frozen thing and the same words', () => {
    const { text, made } = make();
    const thing = Object.freeze({ id: 'a' });
    expect([text(thing, '/'), text(thing, '/')]).toEqual(['/a', '/a']);
    expect(made()).toBe(1);
  });

  it('is made anew for other words, and for an equal thing that is another one', () => {
    const { text, made } = make();
    const thing = Object.freeze({ id: 'a' });
    expect([text(thing, '/'), text(thing, '!'), text(thing, '/')]).toEqual(['/a', '!a', '/a']);
    text(Object.freeze({ id: 'a' }), '/');
    expect(made()).toBe(4);
  });

  it('is made anew for a thing that may change', () => {
    const { text } = make();
    const thing = { id: 'a' };
    expect(text(thing, '/')).toBe('/a');
    thing.id = 'b';
    expect(text(thing, '/')).toBe('/b');
  });
});
