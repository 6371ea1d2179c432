# Writes credit_data.csv from the data set `credit_data` of the R package modeldata (Debian: r-cran-modeldata).
# Run once, by hand: Rscript extract.R. Training and tests read the committed CSV, so they need Node alone.
suppressPackageStartupMessages(library(modeldata))
data(credit_data)
stopifnot(nrow(credit_data) == 4454, ncol(credit_data) == 14)
write.csv(credit_data, "credit_data.csv", row.names = FALSE, na = "NA", fileEncoding = "UTF-8")
