// Makes a page in public/ of each text in paginas/: the first line is the title, the others are paragraphs.
const fs = require('node:fs');

const escaped = (text) => text.replace(/&/g, '&amp;').replace(/</g, '&lt;');

fs.mkdirSync('public', { recursive: true });
for (const file of fs.readdirSync('paginas')) {
  const [title, ...lines] = fs.readFileSync(`paginas/${file}`, 'utf8').trim().split('\n').map(escaped);
  const body = lines.filter(Boolean).map((line) => `<p>${line}</p>`).join('\n');
  const page = `<!doctype html>\n<meta charset="utf-8"><title>${title}</title>\n<h1>${title}</h1>\n${body}\n`;
  fs.writeFileSync(`public/${file.replace(/\.txt$/, '.html')}`, page);
  console.log(`paginas/${file} -> public/${file.replace(/\.txt$/, '.html')}`);
}
