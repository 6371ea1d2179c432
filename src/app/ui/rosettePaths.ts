// The fine-line rosette of banknotes and certificates, drawn from a hash: the same credential or proof always shows the
// same figure, and another one shows another. An aid for the eye; the hash beside it is what counts.

const POINTS = 240;

/** `hex`: at least 9 bytes. Returns one path for each band, outermost first, in a box of 200 by 200 centred on 100,100. */
export function rosettePaths(hex: string): readonly string[] {
  const byte = (at: number): number => Number.parseInt(hex.slice(2 * at, 2 * at + 2), 16) || 0;
  /** Waves of one band, the same wave `copies` times, each a step further round: their crossings make the lattice. */
  const band = (at: number, outer: number, inner: number, fewest: number, copies: number): string => {
    const lobes = fewest + (byte(at) % 8);
    const start = (byte(at + 1) / 256) * 2 * Math.PI;
    const second = (byte(at + 2) % 3) * 0.18;
    const middle = (outer + inner) / 2;
    const swing = (outer - inner) / 2;
    const wave = (copy: number): string => {
      const shift = start + (2 * Math.PI * copy) / copies;
      const points = Array.from({ length: POINTS }, (_, i) => {
        const turn = (i / POINTS) * 2 * Math.PI;
        const height = (Math.cos(lobes * turn + shift) + second * Math.cos(2 * lobes * turn + shift)) / (1 + second);
        const radius = middle + swing * height;
        return `${(100 + radius * Math.cos(turn)).toFixed(1)} ${(100 + radius * Math.sin(turn)).toFixed(1)}`;
      });
      return `M${points.join('L')}Z`;
    };
    return Array.from({ length: copies }, (_, copy) => wave(copy)).join('');
  };
  return [band(0, 97, 66, 9, 4), band(3, 74, 40, 6, 4), band(6, 44, 10, 4, 3)];
}
