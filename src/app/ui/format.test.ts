import { describe, expect, it } from 'vitest';
import { addressHost, formatBytes, formatClock, formatDuration, formatPercent, shortHash } from './format.ts';

describe('format', () => {
  it('gives bytes in the unit a person would use', () => {
    expect(formatBytes('en', 0)).toBe('0 bytes');
    expect(formatBytes('en', 999)).toBe('999 bytes');
    expect(formatBytes('en', 1)).toBe('1 byte');
    expect(formatBytes('en', 1437)).toBe('1.4 kB');
    expect(formatBytes('en', 3_482_113)).toBe('3.5 MB');
    expect(formatBytes('en', 19_737_000_000)).toBe('19.7 GB');
    expect(formatBytes('de', 1437)).toBe('1,4 kB');
  });
  it('rounds durations, and never says zero', () => {
    expect(formatDuration('en', 40)).toBe('1 second');
    expect(formatDuration('en', 21.4, true)).toBe('21 ms');
    expect(formatDuration('en', 1840, true)).toBe('1.8 seconds');
    expect(formatDuration('en', 89_000)).toBe('89 seconds');
    expect(formatDuration('en', 600_000)).toBe('10 minutes');
    expect(formatDuration('en', 86_400_000 * 30)).toBe('30 days');
  });
  it('names where an address leads, whatever it is made to look like', () => {
    expect(addressHost('https://harbour.example/documents?to=https://bank.example')).toBe('harbour.example');
    expect(addressHost('http://localhost:8788/')).toBe('localhost:8788');
    expect(addressHost('https://bank.example@evil.example/')).toBe('evil.example');
    expect(addressHost('https://b\u0430nk.example/')).toBe('xn--bnk-6cd.example');
  });
  it('counts down on a clock face and stops at zero', () => {
    expect(formatClock('en', 247.9)).toBe('4:07');
    expect(formatClock('en', -3)).toBe('0:00');
  });
  it('shortens hashes from the middle', () => {
    expect(shortHash('0123456789abcdef0123456789abcdef')).toBe('01234567…89abcdef');
    expect(shortHash('0123')).toBe('0123');
    expect(formatPercent('en', 0.874)).toBe('87%');
  });
});
