/** Made by the build (vite.config.ts): where the face models are, and what they are. */
declare module 'virtual:face-files' {
  export const faceFiles: Readonly<
    Record<
      'detectorGraph' | 'detectorWeights' | 'meshGraph' | 'meshWeights' | 'embedder',
      { readonly path: string; readonly sha256: string; readonly bytes: number }
    >
  >;
}
