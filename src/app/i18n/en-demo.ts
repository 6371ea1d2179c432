export const demo = {
  developmentTitle: 'Development keys',
  developmentText:
    'The keys behind this proof were made by one party for trying out. That party could forge proofs; your data stays just as private.',
  issuerTitle: 'Demo issuer',
  issuerText: 'Its signing key is public, so its word counts for nothing outside a demonstration.',
} as const;
