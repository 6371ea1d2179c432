const GENERAL = `tacit: prove without telling

Usage: tacit COMMAND [OPTIONS]
       npx tacit COMMAND [OPTIONS]     (in this checkout)

Commands
  prove credit-score   make a proof that a score passes, and check it
  prove face-enrol     commit to the template of a photo of your face
  prove face-match     prove that a new photo matches an enrolled face
  prove FOLDER         prove what a compiled model says about an input
  verify PROOF         is the proof accepted for its request, or its model?
  inspect PROOF        what it shows and what it does not, in plain words
  program PROOF        the program that a proof is about, as published bytes
  examples             the shipped applicants, and who of them passes
  compile MODEL        turn a model into an exact integer network
  run FOLDER           run a compiled model on one input, in exact integers
  conformance DIR      check the ONNX importer against ONNX's own cases
  eval-face            how well a face model tells persons apart
  eval-spoof           what the anti-spoof networks say about pictures
  ops                  what a model may be made of
  errors               everything that can go wrong, with its sentence

Try it
  tacit prove credit-score --example --out proof.json
  tacit inspect proof.json
  tacit verify proof.json

Every command takes --json (one JSON document on stdout) and --help. Proof
bundles come from --bundles DIR, else the folder that the variable TACIT_BUNDLES
names, else public/bundles of this checkout.

Exit codes
  0  accepted (verify, inspect), or done
  1  rejected: the proof is refused, or no proof can be made of this input
  2  bad use: a wrong call, a file that cannot be opened, a damaged installation
`;

const PROVE = `tacit prove credit-score: prove that the published model gives attested values
a score of at least what a request asks for, without telling the values

Usage
  tacit prove credit-score --input FILE --out PROOF [--jwks FILE]
  tacit prove credit-score --example [APPLICANT] --out PROOF
  tacit prove face-enrol --photo JPEG --save-template FILE --out PROOF
  tacit prove face-match --photo JPEG --template FILE --registry FILE
                         --scope PARTNER/SCOPE --out PROOF
  tacit prove FOLDER --input FILE --out PROOF      (see the end of this page)

Options
  --input FILE       what to prove, as JSON (see below). It holds your secret:
                     keep it to yourself. Nothing of it is sent anywhere.
  --example          use a shipped applicant (tacit examples lists them; the
                     default is the first who passes), a demo issuer whose key
                     is public, and a request that this command makes itself
                     and labels self-made
  --threshold N      with --example: the score to reach (default: the one the
                     model's card is about; write --threshold=-500 for a
                     negative one)
  --system NAME      groth16 (default) or transparent, which needs no keys: with
                     --input, it must be the one the request asks for
  --save-input FILE  with --example: also write the input, to see its form
  --out PROOF        where the proof goes; written whole or not at all
  --jwks FILE        the verifier's keys (its /.well-known/jwks.json), needed
                     when the request is a signed one
  --bundles DIR      proof bundles (see tacit --help)
  --quiet            no progress on stderr
  --json             the result as JSON on stdout

Input
  {
    "request":    the request, as JSON or as the signed text (JWS) that is in
                  the verifier's answer to GET /v1/requests/ID,
    "credential": the credential, as the issuer gave it,
    "holder":     { "secret": "64 hex digits", "blinding": "64 hex digits" },
    "registry":   (transparent system) the issuer's registry: its signed root
                  statement and all leaves; --save-input shows the form
  }

tacit prove face-enrol, face-match: prove that a commitment holds the template
of a picture of a face, and that a new picture matches a registered one, without
telling picture or template; the whole networks are inside the proof.
  --photo JPEG           a picture with one face
  --save-template FILE   enrol: where the private part goes (secret, blinding,
                         template), readable for its owner alone; the
                         commitment that it prints goes to a registry
  --template FILE        match: that private part
  --registry FILE        match: the registry's commitments in order, 64 hex
                         digits a line, or the bytes that a verifier serves
  --root HEX             match: refuse a registry with another root
  --scope PARTNER/SCOPE  match: what the person answers once for
  --threshold N          match: the cosine asked for, in parts of 4096 (default:
                         the card's, circuits/face/card.md)
  --networks DIR         the compiled networks (default: this checkout's)
  --nonce, --max-memory, --out, --quiet, --json   as below
A face that does not match is told to you alone: there is no proof of it.

tacit prove FOLDER: prove what a compiled model says about an input, without
telling the input; no ceremony, no key. FOLDER is what tacit compile wrote (or
any folder with its network.bin). Options:
  --input FILE         .json, .f32 or .jpg, as for tacit run (--mean, --std too)
  --out PROOF          where the proof goes; it holds the outputs, not the input
  --class N            make public only that output N (from 0) is the largest
  --at-least N:VALUE   make public only that output N is at least VALUE
  --nonce HEX          64 hex digits somebody chose, so that the proof is fresh
                       for them (default: random)
  --max-memory MB      refuse a model that takes more (default 1024, up to 2000)
  --save-opening FILE  also write what opens the input commitment: the input and
                       the commitment's randomness, as private as the input
                       (otherwise the randomness is kept nowhere)
  --quiet, --json      as above

The proof is checked as a verifier would before it is written.
Exit: 0 made, 1 no proof can be made of this input, 2 bad use.
`;

const VERIFY = `tacit verify PROOF: is this proof accepted for its request?

Usage
  tacit verify PROOF [--request FILE [--jwks FILE]] [--ceremony-only]
  tacit verify PROOF --bundle FOLDER [--nonce HEX]

PROOF is what tacit prove writes: the proof with the request it answers. With
--request it may also be the bare proof, as it is posted.

Options
  --request FILE   the request it must answer (JSON, or the verifier's signed
                   text), instead of the one in PROOF, which nobody vouches for
  --jwks FILE      the verifier's keys (its /.well-known/jwks.json), needed when
                   the request is a signed one
  --ceremony-only  refuse development keys
  --bundle FOLDER  for a proof of tacit prove FOLDER: your own copy of the
                   compiled model; nothing the proof says of it is believed
  --nonce HEX      the nonce you asked for: another one is refused
  --root HEX, --scope PARTNER/SCOPE, --threshold N
                   for a proof of face-match: what you asked for; another root
                   or scope or a lower threshold is refused
  --networks DIR   for a proof about a face: your own copy of the networks
  --bundles DIR    proof bundles (see tacit --help)
  --json           the result as JSON on stdout

It works offline. Two things it cannot know, and a verifier does: whether the
request is still open, and whether the nullifier was seen before.
Exit: 0 accepted, 1 rejected, 2 bad use.
`;

const INSPECT = `tacit inspect PROOF: what a proof shows and what it does not, who asked, and
what stands behind it, in plain words

Usage
  tacit inspect PROOF [--bundle FOLDER]

Options
  --bundles DIR    proof bundles (see tacit --help)
  --bundle FOLDER  for a proof of tacit prove FOLDER: the compiled model that it
                   is checked with
  --networks DIR   for a proof about a face: your own copy of the networks
  --json           the same as JSON on stdout

Exit: 0 the proof holds, 1 it does not (or was not checked), 2 bad use.
`;

const EXAMPLES = `tacit examples: the shipped applicants (real ones of the public data set, whom
the model never saw), their scores, and who passes

Usage
  tacit examples [--threshold N]

Options
  --threshold N  the score to reach (default: the one the model's card is about)
  --bundles DIR  proof bundles (see tacit --help)
  --json         the same as JSON on stdout
`;

const ERRORS = `tacit errors: everything that can go wrong, with its sentence

Usage
  tacit errors [--markdown | --json]

Options
  --markdown  as docs/errors.md
  --json      with HTTP statuses
`;

export const help: Readonly<Record<string, string>> = {
  '': GENERAL,
  prove: PROVE,
  verify: VERIFY,
  inspect: INSPECT,
  examples: EXAMPLES,
  errors: ERRORS,
};
