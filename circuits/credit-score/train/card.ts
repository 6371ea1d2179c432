import type { Figures } from './evaluate.ts';
import { required } from './quantization.ts';

const percent = (value: number): string => `${(value * 100).toFixed(1)} %`;

/** The card: the figures, and what they mean and do not mean. card.json is this; card.md is written from it. */
export function makeCard(figures: Figures) {
  const { crossValidation } = figures.auc;
  const cost = crossValidation.mlpAll.mean - crossValidation.mlp.mean;
  return {
    format: 'tacit-model-card',
    v: 1,
    title: 'Credit score: a small network on credit_data',
    summary:
      'Estimates from a credit application how likely it is that the loan turns out good. A network of eight hidden units in whole numbers, small enough to be proven in zero knowledge in a browser. It shows how proofs about a private score work; it is not fit to decide about anybody.',
    ...figures,
    leftOut: {
      features: ['age', 'marital'],
      aucCost: Number(cost.toFixed(4)),
      reason: `Age and marital status are in the data and in the credential, but the model does not read them. Cross-validated with them the AUC is ${crossValidation.mlpAll.mean}, without them ${crossValidation.mlp.mean}: a gain of ${cost.toFixed(4)}, a fraction of the deviation between folds (${crossValidation.mlp.deviation}). That is too little to treat people differently for their age or marriage, which the law in many places forbids or restricts for credit (the US Equal Credit Opportunity Act names both, age with exceptions). Leaving them out does not make the model fair: years in the job and the kind of home stand in for age in part, and the error rates by group below differ.`,
    },
    scoring: {
      meaning: `The score is a whole number; score / 2^${figures.quantization.logitScale} is the logit of the chance that the loan turns out good. Passing means score >= threshold.`,
      default: `Default threshold ${figures.policy.threshold}: an estimated chance of at least ${percent(figures.policy.probability)}.`,
      margin: `The float preview may differ from the exact score. Over all ${figures.data.rows} applicants of the data by less than the margin of ${figures.quantization.margin} (${figures.quantization.marginInLogits} logits); for a made-up applicant at the ends of every range by up to ${figures.quantization.distanceBoundInLogits} logits. Only the exact score is proven.`,
      notStated:
        'A number that is not stated is attested as 0 with its flag set; the model then uses the median of its training rows in its place, and for income a weight of its own as well. No row was dropped.',
    },
    method: {
      heldOut:
        'One fifth of the rows, drawn by outcome with a fixed seed, was not used to train the shipped model or to round its weights; only the scale and the margin were read off all rows. The number of units and the penalty were chosen earlier by cross-validation over all rows, so the held-out figures are free of the weights’ overfitting, not of that choice.',
      crossValidation:
        'Five folds, five times, by outcome, fixed seeds; imputation, means and deviations from the training folds alone. It scores float models of the same recipe, each trained on four fifths; their weights are in train/cross-validation.json, so the figures can be worked out again.',
      quantization: `All scales of the table were tried on one float model; the shipped scale is the narrowest that keeps the AUC within ${required.aucDifference} and agrees on ${percent(required.agreement)} of all rows at every threshold. Hidden sums and score ranges hold for every input the schema allows (interval analysis), not only for the data.`,
      groups:
        'Held-out: the shipped integer model on rows it never saw; small groups, so read the counts. Cross-validated: the first repeat, all rows, each by a float model that had not seen it.',
    },
    use: [
      'Demonstrations, tests and measurements of private credit checks.',
      'A template for a model that a lender trains on data of its own.',
    ],
    notFor: [
      'Deciding about real people: neither granting, refusing nor pricing credit, renting, hiring or insurance.',
      'Any country, currency or time other than that of the data, none of which the source names.',
      'Judging people the data does not cover: it holds only applications that have an outcome.',
    ],
    caveats: [
      'Old data of unknown origin: it was published by 2019 at the latest, and the package that ships it names neither lender, country, years nor currency. Take it as one lender’s book in one country; amounts are in the data’s own unit.',
      'The outcome is the data’s Status good or bad. The source does not say what made a loan bad; that it means default is how it is commonly read.',
      `The share of bad outcomes (${percent(figures.data.bad / figures.data.rows)}) is the data’s own, so the estimated chances carry over to no other portfolio.`,
      'Applicants who were turned away are probably missing, since an outcome is recorded for all: what the model knows of them is nothing.',
      'What “private” and “ignore” mean as kinds of home is not documented; they are kept as found, and “ignore”, “other” and “unknown” share one weight.',
      `Withholding the income lowers the score of ${percent(figures.withheldIncomeLowers)} of those who stated it, since in the data most who did not state it turned out bad.`,
      'Values are rounded to the schema’s units (assets to thousands, debt to hundreds, loan and price to tens); no value of the data lies outside the schema’s ranges, so none is clipped.',
    ],
  };
}
export type Card = ReturnType<typeof makeCard>;
