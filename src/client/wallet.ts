import { checkCredential, holderCommitment } from '../../circuits/credit-score/index.ts';
import { fieldHolder, fieldSecret } from '../../circuits/credit-score/transparent/leaf.ts';
import { bytesToBigInt, bytesToHex, ok, type Result } from '../base/index.ts';
import { type AnyManifest, BN254_ORDER, type CredentialSchema, fieldToHex, parseCredentialSchema } from '../protocol/index.ts';
import { digestToHex } from '../registry/index.ts';
import type { CredentialRecord, Vault } from '../vault/index.ts';
import type { Http } from './http.ts';
import { parseJson } from './json.ts';
import type { BundleLoader, CredentialMatch, VerifierClient, Wallet } from './types.ts';

export interface WalletOptions {
  readonly vault: Vault;
  readonly verifier: VerifierClient;
  readonly bundles: BundleLoader;
  readonly http: Pick<Http, 'now'>;
}

const random = (length: number): Uint8Array => crypto.getRandomValues(new Uint8Array(length));

export function createWallet({ vault, verifier, bundles, http }: WalletOptions): Wallet {
  const seconds = () => Math.floor(http.now() / 1000);

  async function schemaOf(manifest: AnyManifest): Promise<Result<CredentialSchema>> {
    const present = await bundles.ensure(manifest, ['schema']);
    if (!present.ok) return present;
    const bytes = await bundles.read(manifest, 'schema');
    return bytes.ok ? parseCredentialSchema(parseJson(bytes.value)) : bytes;
  }

  return {
    async obtain({ id, label }) {
      // Before anything is asked for: what cannot be checked or kept must not be issued.
      const secret = await vault.identity();
      if (!secret.ok) return secret;
      const manifest = await bundles.current();
      if (!manifest.ok) return manifest;
      const schema = await schemaOf(manifest.value);
      if (!schema.ok) return schema;
      const issuer = await verifier.issuer();
      if (!issuer.ok) return issuer;
      // 384 random bits below a 254-bit order: the bias is below 2^-129.
      const holder = { secret: secret.value, blinding: fieldToHex(bytesToBigInt(random(48)) % BN254_ORDER) };
      // For both proof systems at once: the issuer then also puts the credential into its registry.
      const leafHolder = digestToHex(fieldHolder(fieldSecret(holder)));
      const credential = await verifier.requestCredential(id, holderCommitment(holder), leafHolder);
      if (!credential.ok) return credential;
      const checked = checkCredential({
        credential: credential.value,
        schema: schema.value,
        issuer: issuer.value,
        holder,
        now: seconds(),
      });
      if (!checked.ok) return checked;
      const record: CredentialRecord = {
        id: bytesToHex(random(16)),
        credential: credential.value,
        holder,
        label: label.slice(0, 80),
        addedAt: Math.floor(http.now()),
      };
      const stored = await vault.credentials.put(record);
      return stored.ok ? ok(record) : stored;
    },

    async matches({ request, manifest }) {
      const records = await vault.credentials.list();
      if (!records.ok) return records;
      if (records.value.length === 0) return ok([]);
      const schema = await schemaOf(manifest);
      if (!schema.ok) return schema;
      const matches = records.value.map((record): CredentialMatch => {
        const { credential, holder } = record;
        const checked = checkCredential({ credential, schema: schema.value, issuer: request.issuer, holder, now: request.issuedAt });
        return { record, problem: checked.ok ? undefined : checked.error };
      });
      return ok([...matches].sort(usableThenNewest));
    },
  };
}

const usableThenNewest = (a: CredentialMatch, b: CredentialMatch): number =>
  Number(a.problem !== undefined) - Number(b.problem !== undefined) || b.record.addedAt - a.record.addedAt;
