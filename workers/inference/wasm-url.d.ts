/** The bundler's address of a file it emits. */
declare module '*.wasm?url' {
  const url: string;
  export default url;
}
