export const demo = {
  developmentTitle: 'Development keys',
  developmentText:
    'The keys behind this proof were made by one party for trying out. That party could forge proofs; your data stays just as private.',
  issuerTitle: 'Demo issuer',
} as const;
