/** Made by the build (vite.config.ts): where the face models are, and what they are. */
declare module 'virtual:face-files' {
  /** The compiled networks of the statements about faces, and what circuits/face/parameters.json says of them. */
  export const faceNetworks: {
    readonly parameters: unknown;
    readonly files: Readonly<Record<'embedding' | 'antispoof', { readonly path: string; readonly sha256: string; readonly bytes: number }>>;
  };
  export const faceFiles: Readonly<
    Record<
      'detectorGraph' | 'detectorWeights' | 'meshGraph' | 'meshWeights' | 'embedder',
      { readonly path: string; readonly sha256: string; readonly bytes: number }
    >
  >;
}
