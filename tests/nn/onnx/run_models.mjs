// Runs ONNX models in onnxruntime-web's WebAssembly: the tests' independent runtime.
//
//   node run_models.mjs PACKAGES FOLDER
//
// PACKAGES holds node_modules/onnxruntime-web. FOLDER/cases.json is a list of
// {model, inputs: [{name, dims, file}]}; files hold little-endian floats. Writes
// FOLDER/results.json, a list of {outputs: [{name, dims, file}]} or {error}.
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';

const [packages, folder] = process.argv.slice(2);
const ort = createRequire(resolve(packages, 'here.js'))('onnxruntime-web');
ort.env.wasm.numThreads = 1;
ort.env.logLevel = 'error';

function readFloats(file) {
  const bytes = readFileSync(join(folder, file));
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
}

async function run(one, at) {
  const session = await ort.InferenceSession.create(new Uint8Array(readFileSync(join(folder, one.model))));
  const feeds = {};
  for (const { name, dims, file } of one.inputs) feeds[name] = new ort.Tensor('float32', readFloats(file), dims);
  const results = await session.run(feeds);
  const outputs = session.outputNames.map((name, k) => {
    const { dims, data } = results[name];
    const file = `${at}.output${k}`;
    writeFileSync(join(folder, file), new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    return { name, dims, file };
  });
  await session.release();
  return { outputs };
}

const results = [];
for (const [at, one] of JSON.parse(readFileSync(join(folder, 'cases.json'))).entries()) {
  try {
    results.push(await run(one, at));
  } catch (error) {
    results.push({ error: String(error) });
  }
}
writeFileSync(join(folder, 'results.json'), JSON.stringify(results));
