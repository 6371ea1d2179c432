// SPDX-License-Identifier: Apache-2.0
//
// The part of onnx.proto that is read, as field tables (number → name, kind). Unknown fields are skipped, as protobuf asks.

export interface Field {
  readonly name: string;
  readonly kind: 'string' | 'bytes' | 'int' | 'uint64' | 'float' | 'double' | MessageName;
  readonly many?: true;
}
export type MessageName =
  | 'Model'
  | 'OperatorSet'
  | 'Graph'
  | 'Node'
  | 'Attribute'
  | 'Tensor'
  | 'ValueInfo'
  | 'Type'
  | 'TensorTypeProto'
  | 'Shape'
  | 'Dimension'
  | 'Entry'; // prettier-ignore
type Table = Readonly<Record<number, Field>>;

const one = (name: string, kind: Field['kind']): Field => ({ name, kind });
const many = (name: string, kind: Field['kind']): Field => ({ name, kind, many: true });

export const messages: Readonly<Record<MessageName, Table>> = {
  Model: { 1: one('irVersion', 'int'), 7: one('graph', 'Graph'), 8: many('opsets', 'OperatorSet') },
  OperatorSet: { 1: one('domain', 'string'), 2: one('version', 'int') },
  Graph: {
    1: many('nodes', 'Node'),
    5: many('initializers', 'Tensor'),
    11: many('inputs', 'ValueInfo'),
    12: many('outputs', 'ValueInfo'),
    15: many('sparse', 'bytes'),
  },
  Node: {
    1: many('inputs', 'string'),
    2: many('outputs', 'string'),
    3: one('name', 'string'),
    4: one('op', 'string'),
    5: many('attributes', 'Attribute'),
    7: one('domain', 'string'),
  },
  // Subgraphs (6, 11) stay bytes: an op that has one is refused by name, so they are never walked.
  Attribute: {
    1: one('name', 'string'),
    2: one('f', 'float'),
    3: one('i', 'int'),
    4: one('s', 'bytes'),
    5: one('t', 'Tensor'),
    6: one('g', 'bytes'),
    7: many('floats', 'float'),
    8: many('ints', 'int'),
    9: many('strings', 'bytes'),
    20: one('type', 'int'),
    21: one('reference', 'string'),
  },
  Tensor: {
    1: many('dims', 'int'),
    2: one('dataType', 'int'),
    4: many('floatData', 'float'),
    5: many('int32Data', 'int'),
    7: many('int64Data', 'int'),
    8: one('name', 'string'),
    9: one('rawData', 'bytes'),
    10: many('doubleData', 'double'),
    11: many('uint64Data', 'uint64'),
    13: many('externalData', 'Entry'),
    14: one('dataLocation', 'int'),
  },
  Entry: { 1: one('key', 'string'), 2: one('value', 'string') },
  ValueInfo: { 1: one('name', 'string'), 2: one('type', 'Type') },
  Type: { 1: one('tensor', 'TensorTypeProto') },
  TensorTypeProto: { 1: one('elemType', 'int'), 2: one('shape', 'Shape') },
  Shape: { 1: many('dims', 'Dimension') },
  Dimension: { 1: one('value', 'int'), 2: one('parameter', 'string') },
};

export interface TensorProto {
  readonly name?: string;
  readonly dims?: readonly number[];
  readonly dataType?: number;
  readonly floatData?: readonly number[];
  readonly int32Data?: readonly number[];
  readonly int64Data?: readonly number[];
  readonly uint64Data?: readonly number[];
  readonly doubleData?: readonly number[];
  readonly rawData?: Uint8Array;
  readonly externalData?: readonly unknown[];
  readonly dataLocation?: number;
}
export interface AttributeProto {
  readonly name?: string;
  readonly type?: number;
  readonly f?: number;
  readonly i?: number;
  readonly s?: Uint8Array;
  readonly t?: TensorProto;
  readonly g?: Uint8Array;
  readonly floats?: readonly number[];
  readonly ints?: readonly number[];
  readonly strings?: readonly Uint8Array[];
  readonly reference?: string;
}
export interface NodeProto {
  readonly name?: string;
  readonly op?: string;
  readonly domain?: string;
  readonly inputs?: readonly string[];
  readonly outputs?: readonly string[];
  readonly attributes?: readonly AttributeProto[];
}
export interface ValueInfo {
  readonly name?: string;
  readonly type?: {
    readonly tensor?: {
      readonly elemType?: number;
      readonly shape?: { readonly dims?: readonly { readonly value?: number; readonly parameter?: string }[] };
    };
  };
}
export interface ModelProto {
  readonly graph?: {
    readonly nodes?: readonly NodeProto[];
    readonly initializers?: readonly TensorProto[];
    readonly inputs?: readonly ValueInfo[];
    readonly outputs?: readonly ValueInfo[];
    readonly sparse?: readonly Uint8Array[];
  };
  readonly opsets?: readonly { readonly domain?: string; readonly version?: number }[];
}
