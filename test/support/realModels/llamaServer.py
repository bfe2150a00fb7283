"""llama.cpp's own HTTP server, out of the wheel xllamacpp, with the flags of llama-server that the tests use."""

import argparse
import signal
import threading

import xllamacpp as x

arguments = argparse.ArgumentParser()
arguments.add_argument('--model', required=True)
arguments.add_argument('--port', type=int, required=True)
arguments.add_argument('--ctx-size', type=int, default=1024)
arguments.add_argument('--api-key')
options = arguments.parse_args()

parameters = x.CommonParams()
parameters.model.path = options.model
parameters.hostnames = ['127.0.0.1']
parameters.port = options.port
parameters.n_ctx = options.ctx_size
parameters.n_parallel = 1
# Two threads spin against each other on busy cores: twenty times slower.
parameters.cpuparams.n_threads = 1
parameters.use_jinja = True
parameters.ui = False
parameters.offline = True
parameters.model_alias = {'smollm2'}
if options.api_key:
    parameters.api_keys = [options.api_key]
server = x.Server(parameters)
print('listening', server.listening_address, flush=True)
ended = threading.Event()
for name in (signal.SIGTERM, signal.SIGINT):
    signal.signal(name, lambda *_: ended.set())
ended.wait()
