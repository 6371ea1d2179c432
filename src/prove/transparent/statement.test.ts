// The job around a proof: memory first, private values overwritten however it ends, nothing given out unchecked.
import { describe, expect, it } from 'vitest';
import { err, type Hash32, ok, type Result } from '../../base/index.ts';
import { PlainKernels } from '../../field/index.ts';
import { seededBytes, twoLayerNet } from '../../program/testing/samples.ts';
import { planProgram } from '../../protocol/transparent/index.ts';
import { verifyTransparent } from '../../verify/transparent/index.ts';
import { proverBytes } from './memory.ts';
import { type OpenedStatement, type Provable, proveStatement, type StatementStage } from './statement.ts';

const nonce = 'cd'.repeat(32) as Hash32;
const sample = twoLayerNet(7);
const plan = planProgram(sample.program);

function job(change: (opened: OpenedStatement) => Result<OpenedStatement> = ok) {
  const blocks = sample.witness.blocks.map((block) => block.slice());
  const wiped = { count: 0 };
  const provable: Provable<Uint8Array> = {
    plan,
    open: () => change({ statement: { model: nonce, nonce, publics: sample.witness.publics }, witness: { ...sample.witness, blocks } }),
    seal: (proof) => proof.slice(),
    wipe: () => {
      wiped.count++;
    },
  };
  const zeroed = () => blocks.every((block) => block.every((x) => x === 0)) && wiped.count === 1;
  return { provable, zeroed };
}
const common = () => ({ kernels: new PlainKernels(), random: seededBytes(9), budget: 2 ** 30 });
const codeOf = (result: Result<unknown>) => (result.ok ? 'ok' : result.error.code);

describe('a statement’s job', () => {
  it('gives a proof that the verifier accepts, in stages, and overwrites what was private', () => {
    const { provable, zeroed } = job();
    const stages: StatementStage[] = [];
    const made = proveStatement({
      ...common(),
      provable,
      check: (_, opened) => verifyTransparent(opened),
      onStage: (stage) => stages.push(stage),
    });
    if (!made.ok) throw new Error(made.error.code);
    expect(made.value).toMatchObject({ proofBytes: made.value.made.length, memoryBytes: proverBytes(plan), soundness: plan.soundness });
    const statement = { model: nonce, nonce, publics: sample.witness.publics };
    expect(verifyTransparent({ plan, statement, proof: made.value.made }).ok).toBe(true);
    expect(stages).toEqual(['forward', 'witness', 'commit', 'lookups', 'functional', 'inner', 'open', 'check']);
    expect(zeroed()).toBe(true);
  });

  it('over its memory: says how much it takes, and looks at nothing', () => {
    let opened = false;
    const { provable } = job((given) => {
      opened = true;
      return ok(given);
    });
    const refused = proveStatement({ ...common(), provable, budget: proverBytes(plan) - 1, check: () => ok(1) });
    const needed = Math.ceil(proverBytes(plan) / 1e6);
    expect(refused).toEqual(err('prove/memory', { needed, limit: Math.floor((proverBytes(plan) - 1) / 1e6) }));
    expect(opened).toBe(false);
  });

  it('however it ends, nothing private stays', () => {
    const broken = job(({ statement, witness }) => {
      witness.blocks.at(-1)?.fill(5);
      return ok({ statement, witness });
    });
    expect(codeOf(proveStatement({ ...common(), provable: broken.provable, check: () => ok(1) }))).toBe('prove/unsatisfied');
    expect(broken.zeroed()).toBe(true);

    const unchecked = job();
    expect(codeOf(proveStatement({ ...common(), provable: unchecked.provable, check: () => err('proof/invalid') }))).toBe(
      'proof/self-check',
    );
    expect(unchecked.zeroed()).toBe(true);

    for (const [thrown, code] of [
      [new RangeError('WebAssembly.Memory.grow(): Maximum memory size exceeded'), 'device/memory'],
      [new Error('a bug'), 'thrown'],
    ] as const) {
      const { provable, zeroed } = job();
      const kernels = new PlainKernels();
      let ended = 0;
      kernels.end = () => void ended++;
      kernels.begin = () => {
        throw thrown;
      };
      const run = () => proveStatement({ ...common(), kernels, provable, check: () => ok(1) });
      if (code === 'thrown') expect(run).toThrow('a bug');
      else expect(codeOf(run())).toBe(code);
      expect([zeroed(), ended]).toEqual([true, 1]);
    }
  });

  it('passes on what the statement itself refuses', () => {
    const { provable } = job(() => err('model/out-of-range', { layer: 'x' }));
    expect(proveStatement({ ...common(), provable, check: () => ok(1) })).toEqual(err('model/out-of-range', { layer: 'x' }));
  });
});
