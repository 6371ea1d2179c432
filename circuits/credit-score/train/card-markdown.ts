import type { Card } from './card.ts';
import type { ErrorRates } from './groups.ts';

type Cell = string | number | null | undefined;

const table = (head: readonly string[], rows: readonly (readonly Cell[])[]): string =>
  [head, head.map(() => '---'), ...rows.map((row) => row.map((cell) => String(cell ?? '–')))]
    .map((row) => `| ${row.join(' | ')} |`)
    .join('\n');
const list = (items: readonly string[]): string => items.map((item) => `- ${item}`).join('\n');
const percent = (value: number | null): string => (value === null ? '–' : `${(value * 100).toFixed(1)} %`);

const rateHead = ['applicants', 'good / bad', 'pass', 'good refused', 'bad passed', 'bad among passed'];
const rates = (each: ErrorRates): Cell[] => [
  each.count,
  `${each.good} / ${each.bad}`,
  percent(each.passRate),
  percent(each.falseRefusal),
  percent(each.falsePass),
  percent(each.badAmongPassed),
];

type Groups = Card['groups']['heldOut'];
const groupTables = (groups: Groups): string =>
  (['age', 'home', 'marital'] as const)
    .map((kind) => table([kind, ...rateHead], [...groups[kind].map((each) => [each.group, ...rates(each)]), ['all', ...rates(groups.all)]]))
    .join('\n\n');

const calibrationTable = (steps: Card['calibration']['heldOut']): string =>
  table(
    ['estimated chance', 'applicants', 'mean estimate', 'were good'],
    steps.map(({ from, to, count, predicted, good }) => [`${percent(from)} to ${percent(to)}`, count, percent(predicted), percent(good)]),
  );

/** card.md: the same card for people. */
export function writeCard(card: Card): string {
  const { auc, quantization: q, data } = card;
  const cv = auc.crossValidation;
  return `# ${card.title}

<!-- Written by npm run train from card.json. -->

${card.summary}

| | |
| --- | --- |
| model | \`${card.name}\`, ${card.architecture.inputs} inputs, ${card.architecture.hidden} hidden ReLUs, ${card.architecture.parameters} numbers |
| SHA-256 of the canonical model | \`${card.model}\` |
| SHA-256 of the canonical schema | \`${card.schema}\` |
| data | \`${data.name}\`: ${data.rows} applicants, ${data.good} good, ${data.bad} bad; ${data.source}, ${data.licence}, © ${data.copyright} |
| SHA-256 of the CSV | \`${data.sha256}\` |
| trained on / held out | ${card.split.training} / ${card.split.heldOut} |
| AUC, 5-fold cross-validation five times | **${cv.mlp.mean}** ± ${cv.mlp.deviation} (deviation between the ${cv.mlp.folds} folds) |
| AUC, held-out, as shipped (whole numbers) | **${auc.heldOut.integer}** |

## What it must not be used for

${list(card.notFor)}

It is meant for: ${card.use.join(' ')}

## How to read a score

${list([card.scoring.meaning, card.scoring.default, card.scoring.margin, card.scoring.notStated])}

Thresholds, on the held-out applicants:

${table(
  ['chance at least', 'threshold', ...rateHead],
  card.thresholds.map((each) => [percent(each.probability), each.threshold, ...rates(each)]),
)}

## How well it tells good from bad

${table(
  ['AUC', 'network', 'logistic baseline'],
  [
    ['cross-validated, mean ± deviation', `${cv.mlp.mean} ± ${cv.mlp.deviation}`, `${cv.logistic.mean} ± ${cv.logistic.deviation}`],
    ['lowest fold', cv.mlp.lowest, cv.logistic.lowest],
    ['with age and marital status', `${cv.mlpAll.mean} ± ${cv.mlpAll.deviation}`, `${cv.logisticAll.mean} ± ${cv.logisticAll.deviation}`],
    ['held-out', `${auc.heldOut.integer} (float ${auc.heldOut.float})`, auc.heldOut.logistic],
    ['on its own training rows', auc.training.integer, auc.training.logistic],
  ],
)}

${card.method.crossValidation} ${card.method.heldOut}

## Age and marital status are left out

${card.leftOut.reason}

## Error rates by group at the default threshold

${card.method.groups}

### Held-out

${groupTables(card.groups.heldOut)}

### Cross-validated

${groupTables(card.groups.crossValidation)}

## Calibration

Held-out, the shipped model:

${calibrationTable(card.calibration.heldOut)}

Cross-validated:

${calibrationTable(card.calibration.crossValidation)}

## What a little more of each value does

Share of the applicants whose score rises or falls when one value grows by a step and all others stay.

${table(
  ['value', 'step, in the schema’s units', 'rises', 'falls'],
  card.directions.map(({ feature, step, raises, lowers }) => [feature, step, percent(raises), percent(lowers)]),
)}

## Whole numbers

${card.method.quantization}

AUC over all rows (training rows included): float ${q.aucFloat}, whole numbers ${q.aucInteger}.

${table(
  ['chance', 'threshold', 'agreement', 'rows that differ', 'furthest of them from the threshold'],
  q.thresholds.map((each) => [percent(each.probability), each.threshold, percent(each.agreement), each.disagreements, each.furthest]),
)}

Widths, over every input in range: ${q.hidden.map(({ bits }) => bits).join(', ')} bits (signed) for the hidden sums, ${q.hiddenBits} in all; ${q.score?.bits} for the score, from ${q.score?.min} to ${q.score?.max}.

${table(
  ['scale', 'hidden bits', 'score bits', 'AUC difference', 'lowest agreement', 'good enough'],
  q.trials.map((each) => [
    `2^${each.logitScale}`,
    each.hiddenBits,
    each.scoreBits,
    each.aucDifference,
    percent(each.lowestAgreement),
    each.accepted ? 'yes' : 'no',
  ]),
)}

## Caveats

${list([
  `Not stated in the data: ${Object.entries(data.notStated)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ')}.`,
  ...card.caveats,
])}
`;
}
