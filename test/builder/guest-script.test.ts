import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import {
  createListener,
  presentable,
  runner,
} from '../../src/builder/backends/debian-rootfs/guest-script.ts';

const mark = '@@0123456789abcdef';

function listen(...lines: readonly string[]) {
  let times = 0;
  const { line, heard } = createListener(mark, () => {
    times += 1;
  });
  lines.forEach(line);
  return { ...heard, times };
}

describe('a guest on its serial line', () => {
  it('tells when the script begins, and how it ended', () => {
    expect(listen(`${mark} begin`, 'noise', `${mark} end 3`)).toMatchObject({
      begun: true,
      times: 1,
      code: 3,
    });
  });

  it('is understood in the middle of a line', () => {
    expect(listen(`[  OK  ] Started${mark} end 0\r`).code).toBe(0);
  });

  it('says nothing with the mark of another build, or in the words of its script', () => {
    expect(
      listen('@@fedcba end 0', `${mark} ended 0`, `${mark} | end 0`, `${mark} | ${mark} end 0`)
        .code,
    ).toBe(undefined);
  });

  it('shows the last line that means something', () => {
    const last = (...texts: string[]) => listen(...texts.map((text) => `${mark} | ${text}`)).last;
    expect(last('one', 'two', '', '----')).toBe('two');
    expect(last('one', '+ curl -u me:secret', '++ cat key')).toBe('one');
  });
});

describe('a line that is shown', () => {
  it('is short plain text', () => {
    expect(presentable('\u001b[31mE:\u001b[0m\tno\u0007 such \u202efile\r')).toBe(
      'E: no such file',
    );
    expect(presentable('x'.repeat(1000)).length).toBeLessThan(150);
  });
});

describe("the guest's runner", () => {
  it.each([true, false])('is a sound script, with a proxy or not (%s)', (proxied) => {
    const text = runner(mark, proxied);
    const checked = spawnSync('bash', ['-n'], { input: text, encoding: 'utf8' });
    expect(checked.stderr).toBe('');
    expect(text.includes('http_proxy=http://10.0.2.100:3128')).toBe(proxied);
  });
});
