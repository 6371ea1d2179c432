// SPDX-License-Identifier: Apache-2.0
import { invariant, type Result } from '../../base/index.ts';
import { checkInputs } from '../evaluate/float.ts';
import { evaluateIntegers, type LinearEngine, runIntegers } from '../evaluate/integer.ts';
import type { Graph } from '../graph.ts';
import type { IntGraph } from '../intGraph.ts';
import { attempt, Refusal, refuse } from '../refuse.ts';
import type { Tensor } from '../tensor.ts';
import { type Encoded, layerErrors, type OutputAccuracy, outputAccuracy } from './accuracy.ts';
import { calibrate } from './calibrate.ts';
import { codeInput, encodeInput, type InputCoding } from './input.ts';
import { attemptPrecision, checkGraph, type LoweredGraph, lowerGraph } from './lowerGraph.ts';
import { type InputReport, type QuantizeReport, reportOf } from './report.ts';
import { type Cut, lookupObserver, settleDomains } from './tables.ts';

export interface QuantizeOptions {
  /** Bits an activation, 4 to 12; if absent the least that reach the target. */
  readonly bits?: number;
  /** The shared shift, 3 to 16; if absent bits + 2, or less where accumulators would grow too large. */
  readonly shift?: number;
  /** Saturation as part of the meaning: no input in range can fail. Default false. */
  readonly total?: boolean;
  /**
   * Values past a last level are cut although the network is not total: coarser than refusing them, and cheaper. The published networks of
   * faces and digits were made so. Default false: what would be cut is out of range.
   */
  readonly saturate?: boolean;
  /**
   * Largest relative root mean square error of the outputs over the samples. Default 0.03 (a cosine of about .9995), and where no number
   * of bits reaches that 0.08.
   */
  readonly target?: number;
  /**
   * Whether scales leave room for what more inputs like the samples would reach (calibrate.ts), and tables for whatever can be
   * proven where that costs next to nothing (tables.ts). Default true.
   */
  readonly foresee?: boolean;
  /** Inputs beside the samples: their margins are stated, and tables have a spare bit over them too. */
  readonly evaluation?: readonly ReadonlyMap<string, Tensor>[];
  /** Coding of the inputs, by name; else from the samples. */
  readonly inputs?: ReadonlyMap<string, InputCoding>;
  /** Bits of an input that is not on a grid. Default 8. */
  readonly inputBits?: number;
  /** Computes linear nodes (kernels); the readable reference if absent. */
  readonly linear?: LinearEngine;
  /** Hears what is done now: work on large networks takes minutes. */
  readonly onStep?: (step: QuantizeStep) => void;
}

/** The float model runs on sample `at` of `of`; a precision is tried; the best is measured layer by layer for the report. */
export type QuantizeStep =
  | { readonly step: 'samples'; readonly at: number; readonly of: number }
  | { readonly step: 'precision'; readonly bits: number; readonly shift: number }
  | { readonly step: 'report' };

export interface Quantized {
  readonly network: IntGraph;
  readonly report: QuantizeReport;
}

/** In real numbers; of columns with scales of their own, the widest. */
function inputReport(name: string, { scale, range, grid }: InputCoding): InputReport {
  const largest = typeof scale === 'number' ? scale : scale.values.reduce((a, b) => Math.max(a, b));
  return { name, min: range.min * largest, max: range.max * largest, step: grid === true && typeof scale === 'number' ? scale : null };
}

/** The targets where none is told: the first where it can be reached, since a bit more costs a proof of a large network next to nothing. */
const [CLOSE, LOOSE] = [0.03, 0.08];

/** How many times as far as the samples the levels go: as far as tables do (tables.ts), or less where accumulators would grow too large. */
const BEYOND = [4, 2, 1] as const;

/** Shifts tried for each number of bits, in order: a smaller shift makes smaller weights, where an accumulator would leave ±2^29. */
const MORE = [2, 1, 0, -1] as const;

function settingsOf({ bits, shift }: QuantizeOptions): { bits: number; shift: number }[] {
  const candidates = bits === undefined ? [4, 5, 6, 7, 8, 9, 10, 11, 12] : [bits];
  const settings = candidates.flatMap((own) =>
    shift === undefined ? MORE.map((more) => ({ bits: own, shift: own + more })).filter((pair) => pair.shift >= 3) : [{ bits: own, shift }],
  );
  for (const { bits: b, shift: s } of settings)
    if (!(Number.isInteger(b) && b >= 4 && b <= 12 && Number.isInteger(s) && s >= 3 && s <= 16))
      refuse('model/calibration', { what: `bits ${b} of 4 to 12, shift ${s} of 3 to 16` });
  return settings;
}

/**
 * Makes the exact integer network of a float graph. `samples` are inputs by name (calibration); bits and shift are the
 * least that reach the target, or as told. Refuses ops without an integer form, samples that do not fit, and a target out
 * of reach.
 */
export function quantize(graph: Graph, samples: readonly ReadonlyMap<string, Tensor>[], options: QuantizeOptions = {}): Result<Quantized> {
  if (options.target !== undefined || options.bits !== undefined) return quantizeTo(LOOSE, graph, samples, options);
  const close = quantizeTo(CLOSE, graph, samples, options);
  return !close.ok && close.error.code === 'model/accuracy' ? quantizeTo(LOOSE, graph, samples, options) : close;
}

function quantizeTo(
  otherwise: number,
  graph: Graph,
  samples: readonly ReadonlyMap<string, Tensor>[],
  options: QuantizeOptions,
): Result<Quantized> {
  return attempt(() => {
    checkGraph(graph);
    const settings = settingsOf(options);
    const step = options.onStep ?? (() => {});
    const seen = (at: number): void => step({ step: 'samples', at, of: samples.length });
    const calibration = calibrate(graph, samples, options.foresee === false, seen);
    const codings = new Map(
      graph.inputs.map((name) => {
        const given = samples.map((sample) => sample.get(name) as Tensor);
        return [name, options.inputs?.get(name) ?? codeInput(given, options.inputBits ?? 8)] as const;
      }),
    );
    const encode = (inputs: ReadonlyMap<string, Tensor>): Int32Array[] => {
      checkInputs(graph, inputs);
      return graph.inputs.map((name) => encodeInput(inputs.get(name) as Tensor, (codings.get(name) as InputCoding).scale));
    };
    const encoded: Encoded = samples.map(encode);
    const given: Encoded = (options.evaluation ?? []).map(encode);
    const inRange = (values: Int32Array | undefined, name: string): boolean => {
      const { range } = codings.get(name) as InputCoding;
      return values?.every((value) => value >= range.min && value <= range.max) ?? false;
    };
    const evaluation = given.filter((inputs) => graph.inputs.every((name, at) => inRange(inputs[at], name)));
    const engine = options.linear === undefined ? {} : { linear: options.linear };
    const [target, total] = [options.target ?? otherwise, options.total ?? false];
    const saturate = total || options.saturate === true;
    const told = options.bits !== undefined;
    let failure: Refusal | undefined;
    let nearest: (() => number) | undefined;
    const fitted = new Set<number>();
    for (const { bits, shift } of settings) {
      if (fitted.has(bits)) continue;
      step({ step: 'precision', bits, shift });
      let lowered: LoweredGraph | Refusal | undefined;
      // The room beyond the samples gives way before the precision does: what passes it is out of range, never wrong.
      for (const beyond of saturate ? [undefined] : BEYOND) {
        lowered = attemptPrecision(() => lowerGraph(graph, calibration, { bits, shift }, codings, beyond));
        if (!(lowered instanceof Refusal)) break;
      }
      if (lowered === undefined || lowered instanceof Refusal) {
        failure = lowered;
        continue;
      }
      const made = lowered;
      const { network: open, faithful, uncut } = made;
      const { observed, visit } = lookupObserver(open);
      const measure = (limit: number): OutputAccuracy[] | undefined =>
        outputAccuracy(open, calibration, graph.outputs, encoded, { visit, ...engine }, limit);
      const outputs = measure(told && options.target === undefined ? Number.POSITIVE_INFINITY : target);
      if (outputs === undefined) {
        fitted.add(bits);
        // Measured to its end only if nothing better comes, so that the refusal can say how near it was.
        nearest = () => Math.max(...(measure(Number.POSITIVE_INFINITY) ?? []).map(({ relativeError }) => relativeError));
        continue;
      }
      const beyond = lookupObserver(open);
      for (const inputs of evaluation) runIntegers(open, inputs, { unbounded: true, visit: beyond.visit, ...engine });
      const network = attemptPrecision(() => settleDomains(open, [observed, beyond.observed], total, options.foresee !== false, faithful));
      if (network instanceof Refusal) {
        failure = network;
        continue;
      }
      step({ step: 'report' });
      const refusedOf = (list: Encoded): number => list.filter((inputs) => !evaluateIntegers(network, inputs, engine).ok).length;
      const cutOver = (list: Encoded): Cut => {
        const seen = lookupObserver(open, uncut);
        if (saturate) for (const inputs of list) runIntegers(open, inputs, { unbounded: true, visit: seen.visit, ...engine });
        return seen.cut;
      };
      const report = reportOf(network, made, { bits, shift }, total, {
        target: {
          relativeError: told && options.target === undefined ? null : target,
          loosened: otherwise === LOOSE && !told && options.target === undefined,
        },
        cut: cutOver(encoded),
        cutBeyond: cutOver(evaluation),
        refused:
          given.length === 0
            ? { tried: samples.length, refused: refusedOf(encoded), over: 'samples' }
            : { tried: given.length, refused: given.length - evaluation.length + refusedOf(evaluation), over: 'evaluation' },
        inputs: graph.inputs.map((name) => inputReport(name, codings.get(name) as InputCoding)),
        samples: samples.length,
        evaluationInputs: evaluation.length,
        evaluationOutOfRange: given.length - evaluation.length,
        outputs,
        observed,
        evaluated: beyond.observed,
        layerErrors: layerErrors(graph, made, calibration, encoded, engine),
      });
      return { network, report };
    }
    if (nearest !== undefined) return refuse('model/accuracy', { best: Number(nearest().toFixed(4)), target });
    invariant(failure !== undefined, 'every setting was refused or measured');
    throw failure;
  });
}
