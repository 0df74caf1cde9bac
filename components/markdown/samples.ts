export const options = [{}]
export const refused = {}
export const wires = ['<h1>Palette</h1>\n<p>Five colours.</p>\n']
export const answers = ['# Palette\n\nFive **colours**.']
