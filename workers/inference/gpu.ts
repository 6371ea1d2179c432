import type { WebGpuState } from '../../src/client/index.ts';

// A known-answer test of the GPU without any download: one matrix product with bias and ReLU over small whole numbers, whose float32
// answer is exact whatever the order of additions. An adapter that gets it wrong, or never answers, is not used.

const SIZE = 64;
const TIME_LIMIT_MS = 4_000;

/** The specification's numbers; the browser's own tables are not in every type library. */
const STORAGE = 0x80;
const COPY_SRC = 0x4;
const COPY_DST = 0x8;
const MAP_READ = 0x1;

const SHADER = `
@group(0) @binding(0) var<storage, read> a: array<f32>;
@group(0) @binding(1) var<storage, read> b: array<f32>;
@group(0) @binding(2) var<storage, read_write> c: array<f32>;
@compute @workgroup_size(8, 8) fn main(@builtin(global_invocation_id) id: vec3u) {
  var sum = -40.0;
  for (var k = 0u; k < ${SIZE}u; k++) { sum += a[id.y * ${SIZE}u + k] * b[k * ${SIZE}u + id.x]; }
  c[id.y * ${SIZE}u + id.x] = max(sum, 0.0);
}`;

/** -4 to 4, without a pattern that a wrong stride would keep. */
const entry = (i: number, salt: number): number => (((i * 2654435761 + salt * 40503) >>> 7) % 9) - 4;
const matrix = (salt: number): Float32Array<ArrayBuffer> => Float32Array.from({ length: SIZE * SIZE }, (_, i) => entry(i, salt));

/** max(A B - 40, 0), row by row. */
export function knownAnswer(a: Float32Array, b: Float32Array): Float32Array {
  return Float32Array.from({ length: SIZE * SIZE }, (_, at) => {
    const [row, column] = [Math.floor(at / SIZE), at % SIZE];
    let sum = -40;
    for (let k = 0; k < SIZE; k++) sum += (a[row * SIZE + k] ?? 0) * (b[k * SIZE + column] ?? 0);
    return Math.max(sum, 0);
  });
}

/** `gpu`: navigator.gpu, absent in many browsers. Never rejects; takes at most four seconds. */
export async function testGpu(gpu: GPU | undefined): Promise<WebGpuState> {
  if (gpu === undefined) return 'absent';
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<WebGpuState>((resolve) => {
    timer = setTimeout(resolve, TIME_LIMIT_MS, 'failed');
  });
  const tested = answers(gpu).catch((): WebGpuState => 'failed');
  const state = await Promise.race([tested, late]);
  clearTimeout(timer);
  return state;
}

async function answers(gpu: GPU): Promise<WebGpuState> {
  const adapter = await gpu.requestAdapter();
  if (adapter === null) return 'absent';
  const device = await adapter.requestDevice();
  try {
    const [a, b] = [matrix(1), matrix(2)];
    const answer = await run(device, a, b);
    const right = knownAnswer(a, b);
    return answer.every((value, i) => value === right[i]) ? 'right' : 'wrong-answer';
  } finally {
    device.destroy();
  }
}

async function run(device: GPUDevice, a: Float32Array<ArrayBuffer>, b: Float32Array<ArrayBuffer>): Promise<Float32Array> {
  const bytes = a.byteLength;
  const filled = (data: Float32Array<ArrayBuffer>) => {
    const buffer = device.createBuffer({ size: bytes, usage: STORAGE | COPY_DST });
    device.queue.writeBuffer(buffer, 0, data);
    return buffer;
  };
  const out = device.createBuffer({ size: bytes, usage: STORAGE | COPY_SRC });
  const read = device.createBuffer({ size: bytes, usage: MAP_READ | COPY_DST });
  const pipeline = await device.createComputePipelineAsync({
    layout: 'auto',
    compute: { module: device.createShaderModule({ code: SHADER }), entryPoint: 'main' },
  });
  const entries = [filled(a), filled(b), out].map((buffer, binding) => ({ binding, resource: { buffer } }));
  const encoder = device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries }));
  pass.dispatchWorkgroups(SIZE / 8, SIZE / 8);
  pass.end();
  encoder.copyBufferToBuffer(out, 0, read, 0, bytes);
  device.queue.submit([encoder.finish()]);
  await read.mapAsync(MAP_READ);
  return new Float32Array(read.getMappedRange().slice(0));
}
