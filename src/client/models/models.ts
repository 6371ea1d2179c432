import { DIGIT_NET } from '../../../circuits/digit-net/index.ts';
import { bytesToHex, err, ok, type Result } from '../../base/index.ts';
import { createHost, type WorkerLike } from '../host.ts';
import type { Http } from '../http.ts';
import type { ModelFiles, Models, ModelsApi, OpenedModel } from './types.ts';

const IDLE_MS = 120_000;

export interface ModelsOptions {
  readonly http: Pick<Http, 'raw'>;
  readonly spawn: () => WorkerLike;
  /** Addresses of the digit net's files; default: those of this build. */
  readonly addresses?: () => Promise<{ readonly network: string; readonly float: string }>;
}

const shipped = async () => {
  const [network, float] = await Promise.all([
    import('../../../circuits/digit-net/network.bin?url'),
    import('../../../circuits/digit-net/digit-net.onnx?url'),
  ]);
  return { network: network.default, float: float.default };
};

export function createModels({ http, spawn, addresses = shipped }: ModelsOptions): Models {
  const host = createHost<ModelsApi>({ spawn, idleMs: IDLE_MS });
  let opened: ModelFiles | undefined;
  let digits: ModelFiles | undefined;

  async function load(path: string, file: string): Promise<Result<Uint8Array<ArrayBuffer>>> {
    const answer = await http.raw(path, {});
    if (!answer.ok) return answer.error.code === 'network/offline' ? err('bundle/missing', { file }) : err('bundle/download', { file });
    if (!answer.value.ok) return err('bundle/download', { file });
    try {
      return ok(new Uint8Array(await answer.value.arrayBuffer()));
    } catch {
      return err('bundle/download', { file });
    }
  }

  const open = (files: ModelFiles): Promise<Result<OpenedModel>> =>
    host
      .run((api) => api.open(files) as Promise<Result<OpenedModel>>)
      .then((result) => {
        opened = result.ok ? files : undefined;
        return result;
      });

  return {
    open,
    async digits() {
      if (digits !== undefined) return ok(digits);
      const at = await addresses();
      const [network, float] = await Promise.all([load(at.network, 'network.bin'), load(at.float, 'digit-net.onnx')]);
      if (!network.ok) return network;
      if (!float.ok) return float;
      const digest = bytesToHex(new Uint8Array(await crypto.subtle.digest('SHA-256', network.value)));
      if (digest !== DIGIT_NET) return err('bundle/hash-mismatch', { file: 'network.bin' });
      digits = { network: network.value, float: float.value };
      return ok(digits);
    },
    async run(input) {
      const files = opened;
      const result = await host.run((api) => api.run(input) as ReturnType<ModelsApi['run']>);
      // An idle worker was ended and its model with it: another takes its place.
      if (result.ok || result.error.code !== 'model/missing' || files === undefined) return result;
      const again = await open(files);
      return again.ok ? host.run((api) => api.run(input) as ReturnType<ModelsApi['run']>) : again;
    },
    close: () => host.close(),
  };
}
