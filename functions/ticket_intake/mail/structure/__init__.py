"""How a mail is put together: fields, parts, encodings, character sets, names."""
