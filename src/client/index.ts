// client: what the app talks to. The verifier's API, published files, the device check, jobs in the workers, the outbox, and
// the ledger of every byte sent. The single home of comlink (with workers/). Imports base, protocol, vault, the statements and
// the types of the workers' entries; app and embed may import it.

export * from './types.ts';
