/** The bundler's address of a file it emits, named by its hash. */
declare module '*.bin?url' {
  const url: string;
  export default url;
}
declare module '*.onnx?url' {
  const url: string;
  export default url;
}
