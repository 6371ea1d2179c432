import { type ReactElement, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ok, type Result } from '../../base/index.ts';
import type { Client, ModelOutput, OpenedModel } from '../../client/index.ts';
import { useAction } from '../state/load.ts';
import { useServices } from '../state/services.tsx';
import { BackLink } from '../ui/BackLink.tsx';
import { ErrorNotice } from '../ui/ErrorNotice.tsx';
import { FileDrop } from '../ui/FileDrop.tsx';
import { shortHash } from '../ui/format.ts';
import { KeyValues } from '../ui/KeyValues.tsx';
import { Page } from '../ui/Page.tsx';
import { useFormat } from '../ui/useFormat.ts';
import { ModelProof } from './ModelProof.tsx';
import { type OwnModel, readOwnInput, readOwnModel } from './ownFiles.ts';
import { argMax } from './useReading.ts';
import { Words } from './Words.tsx';

interface Opened extends OwnModel, OpenedModel {}
interface Read {
  readonly name: string;
  readonly values: Float64Array<ArrayBuffer>;
  readonly outputs: readonly ModelOutput[];
}

async function openModel(client: Client, files: readonly File[]): Promise<Result<Opened>> {
  const own = await readOwnModel(files);
  if (!own.ok) return own;
  const opened = await client.models.open({ network: own.value.network });
  return opened.ok ? ok({ ...own.value, ...opened.value }) : opened;
}

async function readInput(client: Client, file: File, shape: readonly number[]): Promise<Result<Read>> {
  const values = await readOwnInput(
    file,
    shape.reduce((product, length) => product * length, 1),
  );
  if (!values.ok) return values;
  const outputs = await client.models.run(values.value.slice());
  return outputs.ok ? ok({ name: file.name, values: values.value, outputs: outputs.value }) : outputs;
}

/** A compiled network and an input of one's own: what the network says, and the proof that it said so. */
export default function ModelScreen(): ReactElement {
  const { t } = useTranslation();
  const { client } = useServices();
  const opening = useAction();
  const reading = useAction();
  const [model, setModel] = useState<Opened>();
  const [input, setInput] = useState<Read>();
  const takeModel = async (files: readonly File[]): Promise<void> => {
    setInput(undefined);
    setModel(undefined);
    reading.clear();
    setModel(await opening.run(() => openModel(client, files)));
  };
  const takeInput = async (file: File): Promise<void> => {
    if (model === undefined) return;
    setInput(undefined);
    setInput(await reading.run(() => readInput(client, file, model.inputShape)));
  };
  // The input is forgotten with the screen.
  useEffect(() => () => client.transparent.close(), [client]);

  return (
    <Page title={t('ownModel.title')} lead={t('ownModel.lead')} before={<BackLink href="/lab">{t('lab.title')}</BackLink>} wide>
      <div className="lab-columns">
        <section className="card" aria-labelledby="own-model">
          <h2 id="own-model">{t('ownModel.modelTitle')}</h2>
          <FileDrop
            accept=".bin,.json,application/octet-stream,application/json"
            label={model === undefined ? t('ownModel.modelChoose') : t('ownModel.modelAnother')}
            hint={t('ownModel.modelHint')}
            busy={opening.busy}
            onFiles={(files) => void takeModel(files)}
          />
          {opening.error !== undefined && <ErrorNotice error={opening.error} title={t('ownModel.modelFailed')} />}
          {model === undefined ? (
            <div>
              <p className="quiet small">{t('ownModel.compileText')}</p>
              <p className="mono small">tacit compile model.onnx --calibrate samples.json --out FOLDER</p>
            </div>
          ) : (
            <ModelRows model={model} />
          )}
        </section>
        <section className="card" aria-labelledby="own-input">
          <h2 id="own-input">{t('ownModel.inputTitle')}</h2>
          {model === undefined ? (
            <p className="quiet">{t('ownModel.inputLater')}</p>
          ) : (
            <FileDrop
              accept=".json,.f32,application/json"
              label={input === undefined ? t('ownModel.inputChoose') : t('ownModel.inputAnother')}
              hint={t('ownModel.inputHint')}
              busy={reading.busy}
              onFile={(file) => void takeInput(file)}
            />
          )}
          {reading.error !== undefined && <ErrorNotice error={reading.error} title={t('ownModel.inputFailed')} />}
          {input !== undefined && <Says read={input} />}
        </section>
      </div>
      {model !== undefined && <ModelProof key={model.model} network={model.network} input={input?.values} outputs={input?.outputs} />}
      <Words
        shown={[
          t('ownModel.shownKnew'),
          t('ownModel.shownSame'),
          ...(model === undefined ? [] : [t('lab.shownModel', { model: shortHash(model.model) })]),
        ]}
        notShown={(['notShownInput', 'notShownReal', 'notShownWho', 'notShownRight'] as const).map((key) => t(`verifyModel.${key}`))}
      />
    </Page>
  );
}

const times = (shapes: readonly (readonly number[])[]): string => shapes.map((shape) => shape.join(' × ')).join(', ');

function ModelRows({ model: { name, model, network, inputShape, outputShapes } }: { readonly model: Opened }): ReactElement {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <KeyValues
      rows={[
        { key: 'file', name: t('ownModel.file'), value: `${name}, ${format.bytes(network.length)}`, mono: true },
        { key: 'hash', name: t('verifyModel.modelHash'), value: shortHash(model), mono: true },
        { key: 'in', name: t('ownModel.inputShape'), value: times([inputShape]) },
        { key: 'out', name: t('ownModel.outputShape'), value: times(outputShapes) },
      ]}
    />
  );
}

const SHOWN = 12;

/** What the network says of the input, in exact integers scaled back. */
function Says({ read: { name, outputs } }: { readonly read: Read }): ReactElement {
  const { t } = useTranslation();
  const format = useFormat();
  const [first] = outputs;
  const count = first?.values.length ?? 0;
  return (
    <>
      <p role="status">
        {outputs.length === 1 && count > 1 && first !== undefined
          ? t('ownModel.saysLargest', { file: name, at: format.number(argMax(first.values)) })
          : t('ownModel.says', { file: name })}
      </p>
      <KeyValues
        rows={outputs.flatMap(({ values }, o) =>
          values.slice(0, SHOWN).map((value, i) => ({
            key: `${o}.${i}`,
            name: t('verifyModel.outputName', { at: outputs.length > 1 ? `${format.number(o)}.${format.number(i)}` : format.number(i) }),
            value: format.number(value, 3),
          })),
        )}
      />
      {outputs.some(({ values }) => values.length > SHOWN) && (
        <p className="quiet small">
          {t('ownModel.saysMore', { count: outputs.reduce((most, { values }) => Math.max(most, values.length), 0) })}
        </p>
      )}
    </>
  );
}
