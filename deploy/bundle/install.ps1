# Install sweep from this folder into a virtual environment, without a network: .\install.ps1 [FOLDER]
param([string]$Target = "$env:ProgramFiles\sweep")
$ErrorActionPreference = "Stop"
Set-Location -LiteralPath $PSScriptRoot
$sums = @(Get-Content SHA256SUMS)
if ($sums.Count -eq 0) { throw "SHA256SUMS is empty." }
foreach ($line in $sums) {
    $hash, $name = $line -split "  ", 2
    if ((Get-FileHash -Algorithm SHA256 -LiteralPath $name).Hash -ne $hash) { throw "$name was changed." }
}
$wanted = (Get-Content PYTHON).Trim()
if (-not (Get-Command py -ErrorAction Ignore)) { throw "Install Python $wanted first." }
if (Test-Path -LiteralPath $Target) { throw "$Target exists. Move it away, or name another folder." }
try {
    & py "-$wanted" -m venv --without-pip $Target
    if ($LASTEXITCODE -ne 0) { throw "Install Python $wanted first." }
    $pip = (Get-Item wheels\pip-*.whl).FullName
    & "$Target\Scripts\python.exe" "$pip\pip" --isolated install --quiet --no-cache-dir --disable-pip-version-check `
        --no-index --find-links wheels --require-hashes --requirement requirements.txt
    if ($LASTEXITCODE -ne 0) { throw "The installation failed." }
    & "$Target\Scripts\sweep.exe" --version
    if ($LASTEXITCODE -ne 0) { throw "The installation failed." }
} catch {
    if (Test-Path -LiteralPath $Target) { Remove-Item -Recurse -Force -LiteralPath $Target }
    throw
}
