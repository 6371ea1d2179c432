// The fine-line rosette of banknotes and certificates, drawn from a hash: the same credential or proof always shows the
// same figure, and another one shows another. An aid for the eye; the hash beside it is what counts.

const POINTS = 720;

/** `hex`: at least 12 bytes. Returns the closed path of each ring, in a box of 200 by 200 centred on 100,100. */
export function rosettePaths(hex: string): readonly string[] {
  const byte = (at: number): number => Number.parseInt(hex.slice(2 * at, 2 * at + 2), 16) || 0;
  const ring = (at: number, outer: number, inner: number): string => {
    const lobes = 5 + (byte(at) % 9);
    const weave = 2 + (byte(at + 1) % 3);
    const phase = (byte(at + 2) / 255) * Math.PI;
    const middle = (outer + inner) / 2;
    const swing = (outer - inner) / 2;
    // A lobe count prime to the windings, so that the line closes only after `weave` turns and crosses itself evenly.
    const waves = lobes % weave === 0 ? lobes + 1 : lobes;
    let path = '';
    for (let i = 0; i <= POINTS; i++) {
      const turn = (i / POINTS) * 2 * Math.PI * weave;
      const radius = middle + swing * Math.cos((waves / weave) * turn + phase);
      const x = 100 + radius * Math.cos(turn);
      const y = 100 + radius * Math.sin(turn);
      path += `${i === 0 ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`;
    }
    return `${path}Z`;
  };
  return [ring(0, 96, 62), ring(3, 82, 40), ring(6, 56, 22), ring(9, 34, 8)];
}
