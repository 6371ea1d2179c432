// The rules of the house that no compiler checks (docs/architecture.md says why each one stands). Every rule takes the
// project as a Map of path to text and returns sentences, one a violation; rules.test.mjs plants each violation once.
import ts from 'typescript';

/** room → rooms it may import. A room is a folder with an index.ts; `circuits` stands for every statement folder. */
const ROOMS = {
  'src/base': [],
  'src/field': ['src/base'],
  'src/face': ['src/base'],
  'src/model': ['src/base', 'src/protocol'],
  'src/program': ['src/base', 'src/field', 'src/model'],
  // Its transparent part reads programs; the messages beside it do not.
  'src/protocol': ['src/base', 'src/field', 'src/program'],
  'src/registry': ['src/base', 'src/field', 'src/protocol'],
  circuits: ['src/base', 'src/face', 'src/protocol', 'src/registry', 'src/field', 'src/model', 'src/program'],
  'src/prove': ['src/base', 'src/field', 'src/program', 'src/protocol', 'circuits'],
  'src/verify': ['src/base', 'src/field', 'src/program', 'src/protocol', 'src/registry', 'circuits'],
  'src/bundles': ['src/base', 'src/protocol'],
  'src/vault': ['src/base', 'src/protocol'],
  'src/client': ['src/base', 'src/face', 'src/protocol', 'src/registry', 'src/vault', 'circuits', 'workers'],
  'src/cli': [
    'src/base',
    'src/face',
    'src/field',
    'src/model',
    'src/program',
    'src/protocol',
    'src/registry',
    'src/prove',
    'src/verify',
    'src/bundles',
    'circuits',
    'workers/kernel',
  ],
  'src/app': ['src/base', 'src/face', 'src/protocol', 'src/verify', 'src/client', 'src/vault', 'circuits'],
  'workers/kernel': ['src/base', 'src/field', 'src/model'],
  workers: [
    'workers/kernel',
    'src/base',
    'src/face',
    'src/field',
    'src/model',
    'src/program',
    'src/protocol',
    'src/registry',
    'src/prove',
    'src/verify',
    'src/client',
    'circuits',
  ],
  server: ['src/base', 'src/field', 'src/protocol', 'src/registry', 'src/verify', 'src/bundles', 'circuits'],
};

/** package → where it may be imported. */
const SINGLE_HOMES = [
  [/^snarkjs$/, /^src\/prove\/groth16\//],
  [/^idb$/, /^src\/vault\//],
  [/^comlink$/, /^(src\/client|workers)\//],
  [/^(react|react-dom|react-i18next|wouter)(\/|$)/, /^src\/app\//],
  [/^(hono|@hono\/.*|libsql|pino)(\/|$)/, /^server\//],
  // The command line measures face models in Node, where there is no worker.
  [/^onnxruntime-web(\/|$)/, /^(workers\/inference|src\/cli\/face\/)/],
  [/^(flatbuffers|protobufjs)(\/|$)/, /^src\/model\/(import|export|testing)\//],
  [/^@tensorflow\//, /^(workers\/capture|src\/cli\/face\/|circuits\/[^/]+\/train\/)/],
];

const PURE =
  /^circuits\/[^/]+\/(transparent\/)?[^/]*\.ts$|^src\/(base|face|field|model|program|protocol|registry|verify)\/|^src\/prove\/transparent\//;
const IMPURE = /\b(Date\.now|performance\.now|Math\.random|getRandomValues|localStorage|document\.\w|process\.\w|fetch\()|from 'node:/;
const APACHE =
  /^(src\/(base|face|field|model|program|protocol|registry|verify|bundles)\/|circuits\/[^/]+\/(transparent\/)?[^/]+\.ts$|server\/(?!dist\/))/;
const CODE = /\.(ts|tsx|mts|mjs)$/;
const TEST = /\.test\.(ts|tsx|mjs)$|\/(test|tests|fixtures|testing)\/|^e2e\/|^bench\/|^\.ci\//;
/** Programs that are run by hand or by npm scripts, not imported by a room: training, circuit generation, ceremony. */
const TOOL = /^circuits\/([^/]+\/(train|circuit|ceremony|data)|models|digit-net)\//;
const LONG = 400;

const roomOf = (path) => (path.startsWith('circuits/') ? 'circuits' : Object.keys(ROOMS).find((room) => path.startsWith(`${room}/`)));

function resolve(from, specifier) {
  const parts = from.split('/').slice(0, -1);
  for (const part of specifier.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.') parts.push(part);
  }
  return parts.join('/');
}

const importsOf = (text) => ts.preProcessFile(text, true, true).importedFiles.map((file) => file.fileName);

function* code(files, { tests = false } = {}) {
  for (const [path, text] of files) if (CODE.test(path) && (tests || !TEST.test(path))) yield [path, text];
}

/** Each rule says how many files it looked at, so that it cannot pass by seeing none. */
export const rules = {
  'a room imports only the rooms it may': (files) => {
    const wrong = [];
    let seen = 0;
    for (const [path, text] of code(files)) {
      const room = roomOf(path);
      if (room === undefined || TOOL.test(path)) continue;
      seen++;
      for (const specifier of importsOf(text).filter((name) => name.startsWith('.'))) {
        const target = roomOf(resolve(path, specifier));
        if (target !== undefined && target !== room && !ROOMS[room].includes(target))
          wrong.push(`${path} imports ${target}, which ${room} may not`);
      }
    }
    return { seen, wrong };
  },

  'every room opens with what it is for': (files) => {
    const rooms = Object.keys(ROOMS).filter(
      (room) => room.startsWith('src/') && [...files.keys()].some((path) => path.startsWith(`${room}/`)),
    );
    const unknown = [...files.keys()].filter((path) => /^src\/[^/]+\//.test(path) && roomOf(path) === undefined);
    const wrong = unknown.map((path) => `${path} lies in no room that .ci/rules.mjs knows`);
    for (const room of rooms) {
      const index = files.get(`${room}/index.ts`) ?? [...files].find(([path]) => new RegExp(`^${room}/[^/]+/index\\.ts$`).test(path))?.[1];
      const opening =
        (index ?? '').split('\n').filter((line) => !line.startsWith('// SPDX') && line.trim() !== '//' && line.trim() !== '')[0] ?? '';
      if (!/^(\/\/|\/\*\*?)/.test(opening)) wrong.push(`${room}/index.ts does not open with a paragraph of prose`);
    }
    return { seen: rooms.length, wrong };
  },

  'prove and verify never import each other': (files) => {
    const wrong = [];
    let seen = 0;
    for (const [path, text] of code(files)) {
      const side = /^src\/(prove|verify)\//.exec(path)?.[1];
      if (side === undefined) continue;
      seen++;
      const other = side === 'prove' ? 'src/verify' : 'src/prove';
      for (const specifier of importsOf(text)) if (resolve(path, specifier).startsWith(other)) wrong.push(`${path} imports ${specifier}`);
    }
    return { seen, wrong };
  },

  'a library has one home': (files) => {
    const wrong = [];
    let seen = 0;
    for (const [path, text] of code(files)) {
      seen++;
      for (const specifier of importsOf(text)) {
        const home = SINGLE_HOMES.find(([name]) => name.test(specifier))?.[1];
        if (home !== undefined && !home.test(path)) wrong.push(`${path} imports ${specifier}, whose home is ${home.source}`);
      }
    }
    return { seen, wrong };
  },

  'pure rooms have no clock, randomness, network, DOM or Node': (files) => {
    const wrong = [];
    let seen = 0;
    for (const [path, text] of code(files)) {
      if (!PURE.test(path) || TOOL.test(path)) continue;
      seen++;
      text.split('\n').forEach((line, at) => {
        const statement = line.replace(/\/\/.*$|^\s*\/?\*.*$/, '');
        if (IMPURE.test(statement)) wrong.push(`${path}:${at + 1} ${statement.trim().slice(0, 80)}`);
      });
    }
    return { seen, wrong };
  },

  'a worker entry has at most 40 lines': (files) => {
    const entries = [...files].filter(([path]) => /^workers\/[^/]+\.ts$/.test(path) && !TEST.test(path));
    const wrong = entries.filter(([, text]) => text.trimEnd().split('\n').length > 40).map(([path]) => `${path} is longer`);
    return { seen: entries.length, wrong };
  },

  'shared rooms carry the Apache-2.0 header': (files) => {
    const shared = [...code(files, { tests: true })].filter(([path]) => APACHE.test(path) && !TOOL.test(path));
    const wrong = shared
      .filter(([, text]) => !text.startsWith('// SPDX-License-Identifier: Apache-2.0\n'))
      .map(([path]) => `${path} has no SPDX header`);
    return { seen: shared.length, wrong };
  },

  'every error code is provoked by a test': (files) => {
    const catalogue = files.get('src/base/errors.ts') ?? '';
    const codes = [...catalogue.matchAll(/^ {2}'([a-z]+\/[a-z-]+)': \{/gm)].map((match) => match[1]);
    const tests = [...files]
      .filter(([path]) => (/\.test\.(ts|tsx)$/.test(path) || path.startsWith('e2e/')) && path !== 'src/base/errors.test.ts')
      .map(([, text]) => text)
      .join('\n');
    const wrong = codes.filter((name) => !tests.includes(`'${name}'`)).map((name) => `${name} is in no test`);
    return { seen: codes.length, wrong };
  },

  'a file past 400 lines says why': (files) => {
    const all = [...code(files, { tests: true })];
    const wrong = all
      .filter(([, text]) => text.split('\n').length > LONG && !/Longer than 400 lines because/.test(text.slice(0, 1500)))
      .map(([path, text]) => `${path} has ${text.split('\n').length} lines and no line "Longer than 400 lines because …" at its head`);
    return { seen: all.length, wrong };
  },

  'no path of one machine and no switched-off check': (files) => {
    // AssemblyScript has decorators and types that TypeScript does not know.
    const all = [...code(files, { tests: true })].filter(([path]) => !/^\.ci\/|\/assembly\/|^workers\/kernel\/generate\.mjs$/.test(path));
    const wrong = [];
    for (const [path, text] of all) {
      text.split('\n').forEach((line, at) => {
        if (
          /(^|[^A-Za-z.])\/(work|root|home)\/|\.\.\/shared\b|\b(TODO|FIXME|XXX)\b|\.only\(|@ts-ignore|@ts-nocheck|\bas any\b|biome-ignore(?! .*: \w)/.test(
            line,
          )
        )
          wrong.push(`${path}:${at + 1} ${line.trim().slice(0, 100)}`);
      });
    }
    return { seen: all.length, wrong };
  },
};

export const check = (files) =>
  Object.entries(rules).map(([name, rule]) => {
    const { seen, wrong } = rule(files);
    return { name, seen, wrong: seen === 0 ? ['it looked at no file at all'] : wrong };
  });
