import { makeSbom } from './sbom';

/** Prints the SBOM: npm run --silent sbom > sbom.cdx.json */
makeSbom().then(
  (sbom) => console.log(JSON.stringify(sbom, null, 2)),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  },
);
