import { bytesToHex, err, invariant, ok, type Result } from '../base/index.ts';
import {
  type AnyManifest,
  type Artefact,
  type BundleIndex,
  bundleHash,
  parseAnyManifest,
  parseBundleIndex,
  parseBundleManifest,
} from '../protocol/index.ts';
import type { FileStore } from '../vault/index.ts';
import { download } from './download.ts';
import { exclusive } from './exclusive.ts';
import type { Http } from './http.ts';
import type { BundleLoader } from './types.ts';

const INDEX_NOTE = 'bundle-index';
const manifestNote = (hash: string): string => `manifest/${hash}`;

/** SHA-256 off this thread: these files are megabytes. */
const digest = async (bytes: Uint8Array<ArrayBuffer>): Promise<string> =>
  bytesToHex(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)));

const filesOf = ({ artefacts }: AnyManifest): Readonly<Record<string, Artefact>> => artefacts;

/** The types of the loader let through only names that the manifest has. */
function artefactOf(artefacts: Readonly<Record<string, Artefact>>, name: string): Artefact {
  const artefact = artefacts[name];
  invariant(artefact !== undefined, `a bundle without ${name}`);
  return artefact;
}

export function createBundleLoader(http: Http, files: FileStore): BundleLoader {
  /** JSON at `path`, kept as the note `note` when `read` accepts it; the kept one when the verifier cannot be reached. */
  async function published<T>(
    { path, note, file }: { path: string; note: string; file: string },
    read: (value: unknown) => Result<T>,
  ): Promise<Result<T>> {
    const answer = await http.json({ purpose: 'download', method: 'GET', path });
    if (answer.ok) {
      const value = read(answer.value);
      // No room for a copy only means that it is not there when offline.
      if (value.ok) await files.setNote(note, JSON.stringify(answer.value));
      return value;
    }
    const kept = await keptNote(note);
    if (kept !== undefined) return read(kept);
    return answer.error.code === 'network/offline' ? err('bundle/missing', { file }) : answer;
  }

  async function keptNote(note: string): Promise<unknown> {
    const text = await files.getNote(note);
    return text.ok && text.value !== undefined ? JSON.parse(text.value) : undefined;
  }

  const index = () =>
    published({ path: '/bundles/index.json', note: INDEX_NOTE, file: 'index.json' }, parseBundleIndex).then(async (found) => {
      if (found.ok) await tidy(found.value);
      return found;
    });

  /** Drops files of bundles that are no longer published: keys are large. */
  async function tidy({ bundles }: BundleIndex): Promise<void> {
    const keep = new Set<string>();
    for (const { bundle } of bundles) {
      const manifest = parseAnyManifest(await keptNote(manifestNote(bundle)), bundle);
      if (manifest.ok) for (const { sha256 } of Object.values(manifest.value.artefacts)) keep.add(sha256);
    }
    if (keep.size > 0) await files.prune(keep);
  }

  async function manifest(hash: string): Promise<Result<AnyManifest>> {
    if (!/^[0-9a-f]{64}$/.test(hash)) return err('bundle/unknown', { bundle: hash.slice(0, 64) });
    // The hash names the content for good, so a kept one is never stale.
    const kept = parseAnyManifest(await keptNote(manifestNote(hash)), hash);
    if (kept.ok) return kept;
    const path = `/bundles/${hash}/manifest.json`;
    const found = await published({ path, note: manifestNote(hash), file: 'manifest.json' }, (value) => parseAnyManifest(value, hash));
    return !found.ok && found.error.code === 'verifier/not-found' ? err('bundle/unknown', { bundle: hash }) : found;
  }

  return {
    index,
    manifest,
    async current() {
      const found = await index();
      if (!found.ok) return found;
      const first = found.value.bundles.find(({ system }) => system === 'groth16');
      if (first === undefined) return err('bundle/malformed', { what: 'index: no Groth16 bundle' });
      const named = await manifest(first.bundle);
      return named.ok ? parseBundleManifest(named.value, first.bundle) : named;
    },

    async missing(manifest, names) {
      const artefacts = filesOf(manifest);
      let bytes = 0;
      for (const name of new Set(names)) {
        const artefact = artefactOf(artefacts, name);
        const state = await files.state(artefact.sha256);
        if (!state.ok) return state;
        if (!state.value.complete) bytes += Math.max(0, artefact.bytes - state.value.bytes);
      }
      return ok(bytes);
    },

    async ensure(manifest, names, { onProgress, signal } = {}) {
      const artefacts = filesOf(manifest);
      const wanted: string[] = [...new Set(names)];
      const present = new Map<string, number>();
      const total = wanted.reduce((sum, name) => sum + artefactOf(artefacts, name).bytes, 0);
      for (const name of wanted) {
        const state = await files.state(artefactOf(artefacts, name).sha256);
        if (!state.ok) return state;
        present.set(name, state.value.bytes);
      }
      const report = () => onProgress?.({ bytes: [...present.values()].reduce((sum, bytes) => sum + bytes, 0), total });
      report();
      for (const name of wanted) {
        if (signal?.aborted === true) return err('job/cancelled');
        const artefact = artefactOf(artefacts, name);
        const path = `/bundles/${bundleHash(manifest)}/${artefact.file}`;
        const onBytes = (bytes: number) => {
          present.set(name, bytes);
          report();
        };
        const done = await exclusive(`file/${artefact.sha256}`, () => download({ http, files, name, path, artefact, signal, onBytes }));
        if (!done.ok) return done;
      }
      return ok(undefined);
    },

    async read(manifest, name) {
      const artefact = artefactOf(filesOf(manifest), name);
      const state = await files.state(artefact.sha256);
      if (!state.ok) return state;
      if (!state.value.complete) return err('bundle/missing', { file: name });
      const bytes = await files.read(artefact.sha256);
      if (!bytes.ok) return bytes;
      if (bytes.value !== undefined && (await digest(bytes.value)) === artefact.sha256) return ok(bytes.value);
      const dropped = await files.discard(artefact.sha256);
      return dropped.ok ? err('bundle/hash-mismatch', { file: name }) : dropped;
    },
  };
}
