import { type ReactElement, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ModelAbout, ModelOutput } from '../../client/index.ts';
import { Field } from '../ui/Field.tsx';
import { useFormat } from '../ui/useFormat.ts';
import { ProveCard } from './ProveCard.tsx';
import { type Choice, type Option, PublicChoice } from './PublicChoice.tsx';
import { argMax } from './useReading.ts';

const FILES = {
  proof: 'model-proof.json',
  opening: 'model-opening.private.json',
  command: 'tacit verify model-proof.json --bundle FOLDER',
};

/** A bound as typed; undefined: none yet. */
interface Bound {
  readonly index: string;
  readonly value: string;
}

/** What is wrong with a bound, or the policy: the bound in steps of the output's scale, rounded up. */
function policyOf({ index, value }: Bound, { integers, steps }: ModelOutput): ModelAbout['policy'] | 'index' | 'value' {
  const [at, real] = [Number(index), Number(value)];
  if (!/^\d{1,6}$/.test(index.trim()) || at >= integers.length) return 'index';
  const bound = Math.ceil(real / (steps[at] ?? Number.NaN)) + 0;
  if (value.trim() === '' || !Number.isFinite(bound) || Math.abs(bound) >= 2 ** 29) return 'value';
  return { kind: 'at-least', index: at, value: bound };
}

interface Props {
  readonly network: Uint8Array<ArrayBuffer>;
  readonly input: Float64Array<ArrayBuffer> | undefined;
  readonly outputs: readonly ModelOutput[] | undefined;
}

/** The proof of what a network of one's own says: all of it, which output is largest, or a bound on one. */
export function ModelProof({ network, input, outputs }: Props): ReactElement {
  const { t } = useTranslation();
  const format = useFormat();
  const [choice, setChoice] = useState<Choice>('outputs');
  const [typed, setTyped] = useState<Partial<Bound>>({});
  // A policy speaks of the only output; of several there is none.
  const [only, ...more] = outputs ?? [];
  const output = more.length === 0 ? only : undefined;
  const best = output === undefined ? 0 : argMax(output.values);
  const index = typed.index ?? String(best);
  const bound = { index, value: typed.value ?? String(Math.floor(output?.values[Number(index)] ?? 0)) };
  const asked = output === undefined || choice !== 'atLeast' ? undefined : policyOf(bound, output);
  const wrong = typeof asked === 'string' ? asked : undefined;
  const policy =
    output === undefined || choice === 'outputs'
      ? undefined
      : choice === 'class'
        ? ({ kind: 'class', index: best } as const)
        : typeof asked === 'string'
          ? undefined
          : asked;
  const largest = output === undefined ? '…' : format.number(best);
  const options: readonly Option[] = [
    { value: 'outputs', name: t('ownModel.publicOutputs'), text: t('ownModel.publicOutputsText') },
    ...(more.length > 0
      ? []
      : ([
          { value: 'class', name: t('ownModel.publicClass', { at: largest }), text: t('ownModel.publicClassText') },
          { value: 'atLeast', name: t('ownModel.publicAtLeast'), text: t('ownModel.publicAtLeastText') },
        ] as const)),
  ];
  const now = output?.values[Number(index)];
  return (
    <ProveCard
      network={network}
      policy={policy}
      input={outputs === undefined || wrong !== undefined ? undefined : input}
      files={FILES}
      openingText={t('ownModel.openingText')}
      choice={(running) => (
        <PublicChoice options={options} choice={choice} disabled={running} onChoice={setChoice}>
          {choice === 'atLeast' && output !== undefined && (
            <div className="lab-bound">
              <Field
                label={t('ownModel.boundIndex')}
                hint={t('ownModel.boundIndexHint', { most: format.number(output.integers.length - 1) })}
                error={wrong === 'index' ? t('ownModel.boundIndexWrong') : undefined}
                inputMode="numeric"
                value={bound.index}
                onChange={(event) => setTyped({ index: event.target.value })}
              />
              <Field
                label={t('ownModel.boundValue')}
                hint={now === undefined ? t('ownModel.boundValueHint') : t('ownModel.boundValueNow', { value: format.number(now, 4) })}
                error={wrong === 'value' ? t('ownModel.boundValueWrong') : undefined}
                inputMode="decimal"
                value={bound.value}
                onChange={(event) => setTyped({ ...typed, value: event.target.value })}
              />
            </div>
          )}
        </PublicChoice>
      )}
    />
  );
}
