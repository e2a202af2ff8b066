// Serves public/ on port 80.
const fs = require('node:fs');
const http = require('node:http');
const path = require('node:path');

http.createServer((request, response) => {
  const name = path.basename(new URL(request.url, 'http://localhost').pathname) || 'index.html';
  fs.readFile(path.join('public', name), (error, page) => {
    response.writeHead(error ? 404 : 200, { 'Content-Type': 'text/html; charset=utf-8' });
    response.end(error ? 'No existe\n' : page);
  });
}).listen(80);

// PID 1 gets no default action for signals: without this line `docker stop` would wait for ten seconds.
process.on('SIGTERM', () => process.exit(0));
