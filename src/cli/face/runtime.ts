import * as ort from 'onnxruntime-web';
import { exportOnnx, type Graph } from '../../model/index.ts';

ort.env.wasm.numThreads = 1;

/** A float graph on onnxruntime (WebAssembly). Outputs in the graph's order. */
export async function floatRunner(graph: Graph): Promise<(data: Float64Array) => Promise<readonly Float32Array[]>> {
  const session = await ort.InferenceSession.create(exportOnnx(graph));
  const shape = [...(graph.types.get(graph.inputs[0] as string)?.shape ?? [])];
  return async (data) => {
    const results = await session.run({ x0: new ort.Tensor('float32', Float32Array.from(data), shape) });
    return graph.outputs.map((_, index) => results[`y${index}`]?.data as Float32Array);
  };
}
