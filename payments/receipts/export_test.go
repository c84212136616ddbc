package receipts

// Languages are all that receipts speak.
var Languages = languages
